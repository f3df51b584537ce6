// Original file: nightshift/v1/env_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Seeds for a lane.
 */
export interface PlayLaneSeeds {
  /**
   * Index of the lane.
   */
  'lane'?: (number);
  /**
   * They come after those that wait.
   */
  'seeds'?: (number | string | Long)[];
}

/**
 * Seeds for a lane.
 */
export interface PlayLaneSeeds__Output {
  /**
   * Index of the lane.
   */
  'lane': (number);
  /**
   * They come after those that wait.
   */
  'seeds': (string)[];
}
