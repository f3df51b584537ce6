// Original file: nightshift/v1/env_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Starts the next episode of some lanes; episodes under way there are abandoned ungraded. Answered by a PlayBatchResult.
 */
export interface PlayReset {
  /**
   * Indices of the lanes; empty for all.
   */
  'lanes'?: (number)[];
  /**
   * One for each of them; empty: the next of those that wait.
   */
  'seeds'?: (number | string | Long)[];
}

/**
 * Starts the next episode of some lanes; episodes under way there are abandoned ungraded. Answered by a PlayBatchResult.
 */
export interface PlayReset__Output {
  /**
   * Indices of the lanes; empty for all.
   */
  'lanes': (number)[];
  /**
   * One for each of them; empty: the next of those that wait.
   */
  'seeds': (string)[];
}
