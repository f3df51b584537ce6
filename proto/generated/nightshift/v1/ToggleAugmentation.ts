// Original file: nightshift/v1/training.proto


/**
 * Switches augmentation from the next epoch on.
 * Errors: INVALID_ARGUMENT (INVALID_FIELD), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: not configured yet).
 */
export interface ToggleAugmentation {
  /**
   * On or off.
   */
  'enabled'?: (boolean);
  /**
   * Strength, 0..1; left out, it stays as it is.
   */
  'strength'?: (number | string);
  '_strength'?: "strength";
}

/**
 * Switches augmentation from the next epoch on.
 * Errors: INVALID_ARGUMENT (INVALID_FIELD), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: not configured yet).
 */
export interface ToggleAugmentation__Output {
  /**
   * On or off.
   */
  'enabled': (boolean);
  /**
   * Strength, 0..1; left out, it stays as it is.
   */
  'strength'?: (number);
  '_strength'?: "strength";
}
