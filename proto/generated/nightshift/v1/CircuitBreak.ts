// Original file: nightshift/v1/sre.proto


/**
 * Opens a service's circuit breaker for three steps: 1 of the breaker budget (4); its own calls fail, failures stop spreading.
 * Errors: as Restart; possible on an external provider.
 */
export interface CircuitBreak {
  /**
   * Service of the graph.
   */
  'service_id'?: (string);
}

/**
 * Opens a service's circuit breaker for three steps: 1 of the breaker budget (4); its own calls fail, failures stop spreading.
 * Errors: as Restart; possible on an external provider.
 */
export interface CircuitBreak__Output {
  /**
   * Service of the graph.
   */
  'service_id': (string);
}
