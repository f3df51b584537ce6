// Original file: nightshift/v1/sre.proto


/**
 * A simulated minute went by.
 */
export interface SreProgress {
  /**
   * Steps taken.
   */
  'step'?: (number);
}

/**
 * A simulated minute went by.
 */
export interface SreProgress__Output {
  /**
   * Steps taken.
   */
  'step': (number);
}
