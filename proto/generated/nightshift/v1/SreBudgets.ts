// Original file: nightshift/v1/sre.proto


/**
 * How often each action can still be taken.
 */
export interface SreBudgets {
  /**
   * Restarts left.
   */
  'restart'?: (number);
  /**
   * Scale-ups left.
   */
  'scale_up'?: (number);
  /**
   * Circuit breaks left.
   */
  'circuit_break'?: (number);
  /**
   * Rollbacks left.
   */
  'rollback'?: (number);
}

/**
 * How often each action can still be taken.
 */
export interface SreBudgets__Output {
  /**
   * Restarts left.
   */
  'restart': (number);
  /**
   * Scale-ups left.
   */
  'scale_up': (number);
  /**
   * Circuit breaks left.
   */
  'circuit_break': (number);
  /**
   * Rollbacks left.
   */
  'rollback': (number);
}
