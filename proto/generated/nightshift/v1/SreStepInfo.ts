// Original file: nightshift/v1/sre.proto


/**
 * What an action adds to its observation.
 */
export interface SreStepInfo {
  /**
   * Cost of this step's action, in score units.
   */
  'cost'?: (number | string);
}

/**
 * What an action adds to its observation.
 */
export interface SreStepInfo__Output {
  /**
   * Cost of this step's action, in score units.
   */
  'cost': (number);
}
