// Original file: nightshift/v1/training.proto

import type { RunStop as _nightshift_v1_RunStop, RunStop__Output as _nightshift_v1_RunStop__Output } from '../../nightshift/v1/RunStop.js';

/**
 * What a training action adds to its observation.
 */
export interface TrainingStepInfo {
  /**
   * Epochs trained by this run_epochs call.
   */
  'epochs_run'?: (number);
  /**
   * Why it ended; RUN_STOP_UNSPECIFIED for other actions.
   */
  'stop'?: (_nightshift_v1_RunStop);
  /**
   * Name of the engine that trains, as in the typed and text observations; a flat one has no room for it.
   */
  'engine'?: (string);
}

/**
 * What a training action adds to its observation.
 */
export interface TrainingStepInfo__Output {
  /**
   * Epochs trained by this run_epochs call.
   */
  'epochs_run': (number);
  /**
   * Why it ended; RUN_STOP_UNSPECIFIED for other actions.
   */
  'stop': (_nightshift_v1_RunStop__Output);
  /**
   * Name of the engine that trains, as in the typed and text observations; a flat one has no room for it.
   */
  'engine': (string);
}
