// Original file: nightshift/v1/session.proto

import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from '../../nightshift/v1/Observation.js';
import type { RewardPart as _nightshift_v1_RewardPart, RewardPart__Output as _nightshift_v1_RewardPart__Output } from '../../nightshift/v1/RewardPart.js';
import type { StepInfo as _nightshift_v1_StepInfo, StepInfo__Output as _nightshift_v1_StepInfo__Output } from '../../nightshift/v1/StepInfo.js';

/**
 * An action is done.
 */
export interface ActionCompleted {
  /**
   * Counted actions taken, this one included.
   */
  'step'?: (number);
  /**
   * Observation after it.
   */
  'observation'?: (_nightshift_v1_Observation | null);
  /**
   * Reward.
   */
  'reward'?: (number | string);
  /**
   * Parts of the reward.
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
}

/**
 * An action is done.
 */
export interface ActionCompleted__Output {
  /**
   * Counted actions taken, this one included.
   */
  'step': (number);
  /**
   * Observation after it.
   */
  'observation': (_nightshift_v1_Observation__Output | null);
  /**
   * Reward.
   */
  'reward': (number);
  /**
   * Parts of the reward.
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
}
