// Original file: nightshift/v1/sre.proto


/**
 * Takes back a service's last release at once: 1 of the rollback budget (2), at a high cost; harmful over a schema migration.
 * Errors: as Restart.
 */
export interface Rollback {
  /**
   * Service of the graph.
   */
  'service_id'?: (string);
}

/**
 * Takes back a service's last release at once: 1 of the rollback budget (2), at a high cost; harmful over a schema migration.
 * Errors: as Restart.
 */
export interface Rollback__Output {
  /**
   * Service of the graph.
   */
  'service_id': (string);
}
