// Original file: nightshift/v1/env_service.proto

import type { PlayLaneSeeds as _nightshift_v1_PlayLaneSeeds, PlayLaneSeeds__Output as _nightshift_v1_PlayLaneSeeds__Output } from '../../nightshift/v1/PlayLaneSeeds.js';

/**
 * A step of every lane at once. It takes no request number: after a lost stream, the answer to PlayLanes tells where each lane is.
 */
export interface PlayBatch {
  /**
   * Flat actions row by row: lanes x columns of Task.actions' flat form.
   */
  'levels'?: (number)[];
  /**
   * Seeds of further episodes.
   */
  'seeds'?: (_nightshift_v1_PlayLaneSeeds)[];
}

/**
 * A step of every lane at once. It takes no request number: after a lost stream, the answer to PlayLanes tells where each lane is.
 */
export interface PlayBatch__Output {
  /**
   * Flat actions row by row: lanes x columns of Task.actions' flat form.
   */
  'levels': (number)[];
  /**
   * Seeds of further episodes.
   */
  'seeds': (_nightshift_v1_PlayLaneSeeds__Output)[];
}
