// Original file: nightshift/v1/session.proto


/**
 * An action was cut off; whole epochs are kept.
 */
export interface ActionInterrupted {
  /**
   * Why: an ErrorReason's name without prefix.
   */
  'reason'?: (string);
}

/**
 * An action was cut off; whole epochs are kept.
 */
export interface ActionInterrupted__Output {
  /**
   * Why: an ErrorReason's name without prefix.
   */
  'reason': (string);
}
