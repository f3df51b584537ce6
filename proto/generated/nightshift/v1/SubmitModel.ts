// Original file: nightshift/v1/training.proto

import type { Checkpoint as _nightshift_v1_Checkpoint, Checkpoint__Output as _nightshift_v1_Checkpoint__Output } from '../../nightshift/v1/Checkpoint.js';

/**
 * Submits weights for grading on the hidden test split and ends the episode. The reward's part `submission` is the score.
 */
export interface SubmitModel {
  /**
   * Which weights. Default best; before the first whole epoch the initial weights are graded.
   */
  'checkpoint'?: (_nightshift_v1_Checkpoint);
  '_checkpoint'?: "checkpoint";
}

/**
 * Submits weights for grading on the hidden test split and ends the episode. The reward's part `submission` is the score.
 */
export interface SubmitModel__Output {
  /**
   * Which weights. Default best; before the first whole epoch the initial weights are graded.
   */
  'checkpoint'?: (_nightshift_v1_Checkpoint__Output);
  '_checkpoint'?: "checkpoint";
}
