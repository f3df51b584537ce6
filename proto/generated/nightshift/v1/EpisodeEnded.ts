// Original file: nightshift/v1/session.proto

import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from '../../nightshift/v1/EpisodeResult.js';

/**
 * The episode ended.
 */
export interface EpisodeEnded {
  /**
   * What it came to.
   */
  'result'?: (_nightshift_v1_EpisodeResult | null);
}

/**
 * The episode ended.
 */
export interface EpisodeEnded__Output {
  /**
   * What it came to.
   */
  'result': (_nightshift_v1_EpisodeResult__Output | null);
}
