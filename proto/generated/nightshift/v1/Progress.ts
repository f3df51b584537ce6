// Original file: nightshift/v1/episode.proto

import type { TrainingProgress as _nightshift_v1_TrainingProgress, TrainingProgress__Output as _nightshift_v1_TrainingProgress__Output } from '../../nightshift/v1/TrainingProgress.js';
import type { SreProgress as _nightshift_v1_SreProgress, SreProgress__Output as _nightshift_v1_SreProgress__Output } from '../../nightshift/v1/SreProgress.js';

/**
 * Progress of a running action.
 */
export interface Progress {
  /**
   * training
   */
  'training'?: (_nightshift_v1_TrainingProgress | null);
  /**
   * sre
   */
  'sre'?: (_nightshift_v1_SreProgress | null);
  /**
   * By environment.
   */
  'environment'?: "training"|"sre";
}

/**
 * Progress of a running action.
 */
export interface Progress__Output {
  /**
   * training
   */
  'training'?: (_nightshift_v1_TrainingProgress__Output | null);
  /**
   * sre
   */
  'sre'?: (_nightshift_v1_SreProgress__Output | null);
  /**
   * By environment.
   */
  'environment'?: "training"|"sre";
}
