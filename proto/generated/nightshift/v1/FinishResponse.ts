// Original file: nightshift/v1/env_service.proto

import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from '../../nightshift/v1/EpisodeResult.js';
import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from '../../nightshift/v1/Observation.js';
import type { RewardPart as _nightshift_v1_RewardPart, RewardPart__Output as _nightshift_v1_RewardPart__Output } from '../../nightshift/v1/RewardPart.js';
import type { Timing as _nightshift_v1_Timing, Timing__Output as _nightshift_v1_Timing__Output } from '../../nightshift/v1/Timing.js';

/**
 * How it ended.
 */
export interface FinishResponse {
  /**
   * What the episode came to.
   */
  'result'?: (_nightshift_v1_EpisodeResult | null);
  /**
   * Last observation.
   */
  'observation'?: (_nightshift_v1_Observation | null);
  /**
   * Terminal reward of this call; 0 when the episode had ended before.
   */
  'reward'?: (number | string);
  /**
   * Its parts.
   */
  'reward_breakdown'?: (_nightshift_v1_RewardPart)[];
  /**
   * How long it took.
   */
  'timing'?: (_nightshift_v1_Timing | null);
}

/**
 * How it ended.
 */
export interface FinishResponse__Output {
  /**
   * What the episode came to.
   */
  'result': (_nightshift_v1_EpisodeResult__Output | null);
  /**
   * Last observation.
   */
  'observation': (_nightshift_v1_Observation__Output | null);
  /**
   * Terminal reward of this call; 0 when the episode had ended before.
   */
  'reward': (number);
  /**
   * Its parts.
   */
  'reward_breakdown': (_nightshift_v1_RewardPart__Output)[];
  /**
   * How long it took.
   */
  'timing': (_nightshift_v1_Timing__Output | null);
}
