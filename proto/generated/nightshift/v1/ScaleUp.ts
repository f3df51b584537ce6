// Original file: nightshift/v1/sre.proto


/**
 * Doubles a service's capacity: 1 of the scale budget (2); acts after three steps.
 * Errors: as Restart.
 */
export interface ScaleUp {
  /**
   * Service of the graph.
   */
  'service_id'?: (string);
}

/**
 * Doubles a service's capacity: 1 of the scale budget (2); acts after three steps.
 * Errors: as Restart.
 */
export interface ScaleUp__Output {
  /**
   * Service of the graph.
   */
  'service_id': (string);
}
