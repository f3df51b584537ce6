// Original file: nightshift/v1/env_service.proto

import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from '../../nightshift/v1/Observation.js';
import type { RewardPart as _nightshift_v1_RewardPart, RewardPart__Output as _nightshift_v1_RewardPart__Output } from '../../nightshift/v1/RewardPart.js';
import type { StepInfo as _nightshift_v1_StepInfo, StepInfo__Output as _nightshift_v1_StepInfo__Output } from '../../nightshift/v1/StepInfo.js';
import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from '../../nightshift/v1/EpisodeResult.js';
import type { Timing as _nightshift_v1_Timing, Timing__Output as _nightshift_v1_Timing__Output } from '../../nightshift/v1/Timing.js';

/**
 * What it led to. Everything but `timing` and `replayed` is fixed by task, split, seed, data, engine and actions.
 */
export interface StepResponse {
  /**
   * Number of the episode, from 1.
   */
  'episode'?: (number);
  /**
   * Counted actions taken in it, this one included (free actions are not counted).
   */
  'step'?: (number);
  /**
   * Observation after the action.
   */
  'observation'?: (_nightshift_v1_Observation | null);
  /**
   * Reward in the session's mode.
   */
  'reward'?: (number | string);
  /**
   * Parts of the reward, in a fixed order; empty where it has none.
   */
  'reward_breakdown'?: (_nightshift_v1_RewardPart)[];
  /**
   * The task ended the episode.
   */
  'terminated'?: (boolean);
  /**
   * A limit ended it.
   */
  'truncated'?: (boolean);
  /**
   * More.
   */
  'info'?: (_nightshift_v1_StepInfo | null);
  /**
   * What the episode came to; set in the reply that ends it.
   */
  'result'?: (_nightshift_v1_EpisodeResult | null);
  /**
   * How long it took.
   */
  'timing'?: (_nightshift_v1_Timing | null);
  /**
   * Whether this is a stored answer.
   */
  'replayed'?: (boolean);
  '_result'?: "result";
}

/**
 * What it led to. Everything but `timing` and `replayed` is fixed by task, split, seed, data, engine and actions.
 */
export interface StepResponse__Output {
  /**
   * Number of the episode, from 1.
   */
  'episode': (number);
  /**
   * Counted actions taken in it, this one included (free actions are not counted).
   */
  'step': (number);
  /**
   * Observation after the action.
   */
  'observation': (_nightshift_v1_Observation__Output | null);
  /**
   * Reward in the session's mode.
   */
  'reward': (number);
  /**
   * Parts of the reward, in a fixed order; empty where it has none.
   */
  'reward_breakdown': (_nightshift_v1_RewardPart__Output)[];
  /**
   * The task ended the episode.
   */
  'terminated': (boolean);
  /**
   * A limit ended it.
   */
  'truncated': (boolean);
  /**
   * More.
   */
  'info': (_nightshift_v1_StepInfo__Output | null);
  /**
   * What the episode came to; set in the reply that ends it.
   */
  'result'?: (_nightshift_v1_EpisodeResult__Output | null);
  /**
   * How long it took.
   */
  'timing': (_nightshift_v1_Timing__Output | null);
  /**
   * Whether this is a stored answer.
   */
  'replayed': (boolean);
  '_result'?: "result";
}
