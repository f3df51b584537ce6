// Original file: nightshift/v1/env_service.proto

import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from '../../nightshift/v1/EpisodeResult.js';
import type { Long } from '@grpc/proto-loader';

/**
 * An episode of it.
 */
export interface RunPolicyResponse {
  /**
   * Seed.
   */
  'seed'?: (number | string | Long);
  /**
   * Result.
   */
  'result'?: (_nightshift_v1_EpisodeResult | null);
  /**
   * Mean score so far.
   */
  'mean_score'?: (number | string);
  /**
   * Half of the 95 % interval of the mean so far.
   */
  'interval_half_width'?: (number | string);
}

/**
 * An episode of it.
 */
export interface RunPolicyResponse__Output {
  /**
   * Seed.
   */
  'seed': (string);
  /**
   * Result.
   */
  'result': (_nightshift_v1_EpisodeResult__Output | null);
  /**
   * Mean score so far.
   */
  'mean_score': (number);
  /**
   * Half of the 95 % interval of the mean so far.
   */
  'interval_half_width': (number);
}
