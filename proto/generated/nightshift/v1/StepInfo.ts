// Original file: nightshift/v1/episode.proto

import type { TrainingStepInfo as _nightshift_v1_TrainingStepInfo, TrainingStepInfo__Output as _nightshift_v1_TrainingStepInfo__Output } from '../../nightshift/v1/TrainingStepInfo.js';
import type { SreStepInfo as _nightshift_v1_SreStepInfo, SreStepInfo__Output as _nightshift_v1_SreStepInfo__Output } from '../../nightshift/v1/SreStepInfo.js';

/**
 * What a step adds to its observation. Nothing volatile stands inside.
 */
export interface StepInfo {
  /**
   * A sentence where something is worth saying, for example that the budget had fewer epochs left than asked for; else empty.
   */
  'notice'?: (string);
  /**
   * training
   */
  'training'?: (_nightshift_v1_TrainingStepInfo | null);
  /**
   * sre
   */
  'sre'?: (_nightshift_v1_SreStepInfo | null);
  /**
   * By environment.
   */
  'environment'?: "training"|"sre";
}

/**
 * What a step adds to its observation. Nothing volatile stands inside.
 */
export interface StepInfo__Output {
  /**
   * A sentence where something is worth saying, for example that the budget had fewer epochs left than asked for; else empty.
   */
  'notice': (string);
  /**
   * training
   */
  'training'?: (_nightshift_v1_TrainingStepInfo__Output | null);
  /**
   * sre
   */
  'sre'?: (_nightshift_v1_SreStepInfo__Output | null);
  /**
   * By environment.
   */
  'environment'?: "training"|"sre";
}
