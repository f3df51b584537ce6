// Original file: nightshift/v1/env_service.proto

import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from '../../nightshift/v1/EpisodeResult.js';
import type { Long } from '@grpc/proto-loader';

/**
 * An episode of it.
 */
export interface RunPolicyResponse {
  /**
   * Its seed.
   */
  'seed'?: (number | string | Long);
  /**
   * What it came to, score included.
   */
  'result'?: (_nightshift_v1_EpisodeResult | null);
  /**
   * Mean score of the run's episodes so far.
   */
  'mean_score'?: (number | string);
  /**
   * Half of Student's 95 % interval of the mean so far; absent after the first episode, which says nothing about the spread.
   */
  'interval_half_width'?: (number | string);
  '_interval_half_width'?: "interval_half_width";
}

/**
 * An episode of it.
 */
export interface RunPolicyResponse__Output {
  /**
   * Its seed.
   */
  'seed': (string);
  /**
   * What it came to, score included.
   */
  'result': (_nightshift_v1_EpisodeResult__Output | null);
  /**
   * Mean score of the run's episodes so far.
   */
  'mean_score': (number);
  /**
   * Half of Student's 95 % interval of the mean so far; absent after the first episode, which says nothing about the spread.
   */
  'interval_half_width'?: (number);
  '_interval_half_width'?: "interval_half_width";
}
