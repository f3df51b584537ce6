// Original file: nightshift/v1/training.proto

import type { StopConditions as _nightshift_v1_StopConditions, StopConditions__Output as _nightshift_v1_StopConditions__Output } from '../../nightshift/v1/StopConditions.js';

/**
 * Trains epochs: real forward and backward passes over the training images. Each epoch costs one of the budget.
 * Errors: INVALID_ARGUMENT (INVALID_FIELD), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: not configured yet, budget spent, diverged).
 */
export interface RunEpochs {
  /**
   * 1..20. Beyond the budget, what is left is trained and info.stop says so.
   */
  'num_epochs'?: (number);
  /**
   * Optional early end.
   */
  'stop'?: (_nightshift_v1_StopConditions | null);
  '_stop'?: "stop";
}

/**
 * Trains epochs: real forward and backward passes over the training images. Each epoch costs one of the budget.
 * Errors: INVALID_ARGUMENT (INVALID_FIELD), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: not configured yet, budget spent, diverged).
 */
export interface RunEpochs__Output {
  /**
   * 1..20. Beyond the budget, what is left is trained and info.stop says so.
   */
  'num_epochs': (number);
  /**
   * Optional early end.
   */
  'stop'?: (_nightshift_v1_StopConditions__Output | null);
  '_stop'?: "stop";
}
