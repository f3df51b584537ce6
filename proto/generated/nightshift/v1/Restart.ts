// Original file: nightshift/v1/sre.proto


/**
 * Restarts a service: 1 of the restart budget (3), one step of downtime, then a cold start.
 * Errors: INVALID_ARGUMENT (unknown service_id), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: budget spent, or an external provider).
 */
export interface Restart {
  /**
   * Service of the graph.
   */
  'service_id'?: (string);
}

/**
 * Restarts a service: 1 of the restart budget (3), one step of downtime, then a cold start.
 * Errors: INVALID_ARGUMENT (unknown service_id), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: budget spent, or an external provider).
 */
export interface Restart__Output {
  /**
   * Service of the graph.
   */
  'service_id': (string);
}
