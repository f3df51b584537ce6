// Original file: nightshift/v1/episode.proto

import type { EndReason as _nightshift_v1_EndReason, EndReason__Output as _nightshift_v1_EndReason__Output } from '../../nightshift/v1/EndReason.js';
import type { TrainingResult as _nightshift_v1_TrainingResult, TrainingResult__Output as _nightshift_v1_TrainingResult__Output } from '../../nightshift/v1/TrainingResult.js';
import type { SreResult as _nightshift_v1_SreResult, SreResult__Output as _nightshift_v1_SreResult__Output } from '../../nightshift/v1/SreResult.js';

/**
 * What an episode came to.
 */
export interface EpisodeResult {
  /**
   * Number of the episode in its session, from 1.
   */
  'episode'?: (number);
  /**
   * 0..1; absent when the episode was abandoned ungraded.
   */
  'score'?: (number | string);
  /**
   * The task ended it.
   */
  'terminated'?: (boolean);
  /**
   * A limit, Finish or the lease ended it.
   */
  'truncated'?: (boolean);
  /**
   * Why it ended.
   */
  'end_reason'?: (_nightshift_v1_EndReason);
  /**
   * Counted actions taken.
   */
  'steps'?: (number);
  /**
   * Sum of all rewards, the terminal one included.
   */
  'total_reward'?: (number | string);
  /**
   * training
   */
  'training'?: (_nightshift_v1_TrainingResult | null);
  /**
   * sre
   */
  'sre'?: (_nightshift_v1_SreResult | null);
  '_score'?: "score";
  /**
   * By environment; absent when not graded.
   */
  'environment'?: "training"|"sre";
}

/**
 * What an episode came to.
 */
export interface EpisodeResult__Output {
  /**
   * Number of the episode in its session, from 1.
   */
  'episode': (number);
  /**
   * 0..1; absent when the episode was abandoned ungraded.
   */
  'score'?: (number);
  /**
   * The task ended it.
   */
  'terminated': (boolean);
  /**
   * A limit, Finish or the lease ended it.
   */
  'truncated': (boolean);
  /**
   * Why it ended.
   */
  'end_reason': (_nightshift_v1_EndReason__Output);
  /**
   * Counted actions taken.
   */
  'steps': (number);
  /**
   * Sum of all rewards, the terminal one included.
   */
  'total_reward': (number);
  /**
   * training
   */
  'training'?: (_nightshift_v1_TrainingResult__Output | null);
  /**
   * sre
   */
  'sre'?: (_nightshift_v1_SreResult__Output | null);
  '_score'?: "score";
  /**
   * By environment; absent when not graded.
   */
  'environment'?: "training"|"sre";
}
