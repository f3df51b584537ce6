// Original file: nightshift/v1/env_service.proto

import type { PlayLane as _nightshift_v1_PlayLane, PlayLane__Output as _nightshift_v1_PlayLane__Output } from '../../nightshift/v1/PlayLane.js';

/**
 * Sets the lanes of the stream, instead of those before; the sessions stay as they are. Answered by a PlayBatchResult with the observations
 * as they are, every lane in started_lanes with the seed of its episode, and flags that say whether that episode has ended.
 */
export interface PlayLanes {
  /**
   * Lanes, in the order of the columns: 1..512, all of one environment.
   */
  'lanes'?: (_nightshift_v1_PlayLane)[];
  /**
   * Which columns of Task.observation_columns the answers hold, by their places there and in this order; empty for all.
   */
  'columns'?: (number)[];
}

/**
 * Sets the lanes of the stream, instead of those before; the sessions stay as they are. Answered by a PlayBatchResult with the observations
 * as they are, every lane in started_lanes with the seed of its episode, and flags that say whether that episode has ended.
 */
export interface PlayLanes__Output {
  /**
   * Lanes, in the order of the columns: 1..512, all of one environment.
   */
  'lanes': (_nightshift_v1_PlayLane__Output)[];
  /**
   * Which columns of Task.observation_columns the answers hold, by their places there and in this order; empty for all.
   */
  'columns': (number)[];
}
