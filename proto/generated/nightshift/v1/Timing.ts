// Original file: nightshift/v1/session.proto


/**
 * How long a call took. Outside of everything that must be equal between runs.
 */
export interface Timing {
  /**
   * Waiting for a worker, milliseconds.
   */
  'queue_ms'?: (number | string);
  /**
   * Computing, milliseconds.
   */
  'compute_ms'?: (number | string);
}

/**
 * How long a call took. Outside of everything that must be equal between runs.
 */
export interface Timing__Output {
  /**
   * Waiting for a worker, milliseconds.
   */
  'queue_ms': (number);
  /**
   * Computing, milliseconds.
   */
  'compute_ms': (number);
}
