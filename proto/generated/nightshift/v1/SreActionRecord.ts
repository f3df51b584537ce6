// Original file: nightshift/v1/sre.proto


/**
 * An action that was taken.
 */
export interface SreActionRecord {
  /**
   * Step in which it was taken, from 1.
   */
  'step'?: (number);
  /**
   * "restart", "scale_up", "circuit_break", "rollback" or "wait".
   */
  'action'?: (string);
  /**
   * Its service; empty for wait.
   */
  'service_id'?: (string);
}

/**
 * An action that was taken.
 */
export interface SreActionRecord__Output {
  /**
   * Step in which it was taken, from 1.
   */
  'step': (number);
  /**
   * "restart", "scale_up", "circuit_break", "rollback" or "wait".
   */
  'action': (string);
  /**
   * Its service; empty for wait.
   */
  'service_id': (string);
}
