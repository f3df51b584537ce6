// Original file: nightshift/v1/env_service.proto

import type { PlayLane as _nightshift_v1_PlayLane, PlayLane__Output as _nightshift_v1_PlayLane__Output } from '../../nightshift/v1/PlayLane.js';

/**
 * Sets the lanes of the stream.
 */
export interface PlayLanes {
  /**
   * Lanes, in the order of the columns.
   */
  'lanes'?: (_nightshift_v1_PlayLane)[];
}

/**
 * Sets the lanes of the stream.
 */
export interface PlayLanes__Output {
  /**
   * Lanes, in the order of the columns.
   */
  'lanes': (_nightshift_v1_PlayLane__Output)[];
}
