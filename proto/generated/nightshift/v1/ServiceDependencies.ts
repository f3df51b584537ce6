// Original file: nightshift/v1/sre.proto


/**
 * Whom a service calls.
 */
export interface ServiceDependencies {
  /**
   * The caller.
   */
  'service_id'?: (string);
  /**
   * The called, in graph order.
   */
  'depends_on'?: (string)[];
}

/**
 * Whom a service calls.
 */
export interface ServiceDependencies__Output {
  /**
   * The caller.
   */
  'service_id': (string);
  /**
   * The called, in graph order.
   */
  'depends_on': (string)[];
}
