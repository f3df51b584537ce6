// Original file: nightshift/v1/training.proto


/**
 * Gives the schedule a new base rate, from which it continues where it stands. Works under every schedule.
 * Errors: INVALID_ARGUMENT (INVALID_FIELD), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: not configured yet).
 */
export interface AdjustLearningRate {
  /**
   * New base learning rate, 1e-6..1.
   */
  'new_lr'?: (number | string);
}

/**
 * Gives the schedule a new base rate, from which it continues where it stands. Works under every schedule.
 * Errors: INVALID_ARGUMENT (INVALID_FIELD), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: not configured yet).
 */
export interface AdjustLearningRate__Output {
  /**
   * New base learning rate, 1e-6..1.
   */
  'new_lr': (number);
}
