// Original file: nightshift/v1/session.proto

import type { Split as _nightshift_v1_Split, Split__Output as _nightshift_v1_Split__Output } from '../../nightshift/v1/Split.js';
import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from '../../nightshift/v1/Observation.js';
import type { Long } from '@grpc/proto-loader';

/**
 * An episode began.
 */
export interface EpisodeStarted {
  /**
   * Task.
   */
  'task_id'?: (string);
  /**
   * Split.
   */
  'split'?: (_nightshift_v1_Split);
  /**
   * Seed.
   */
  'seed'?: (number | string | Long);
  /**
   * First observation.
   */
  'observation'?: (_nightshift_v1_Observation | null);
}

/**
 * An episode began.
 */
export interface EpisodeStarted__Output {
  /**
   * Task.
   */
  'task_id': (string);
  /**
   * Split.
   */
  'split': (_nightshift_v1_Split__Output);
  /**
   * Seed.
   */
  'seed': (string);
  /**
   * First observation.
   */
  'observation': (_nightshift_v1_Observation__Output | null);
}
