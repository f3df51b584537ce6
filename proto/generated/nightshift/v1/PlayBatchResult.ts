// Original file: nightshift/v1/env_service.proto

import type { PlayLaneError as _nightshift_v1_PlayLaneError, PlayLaneError__Output as _nightshift_v1_PlayLaneError__Output } from '../../nightshift/v1/PlayLaneError.js';

/**
 * Answer to a batch: columns, little-endian.
 */
export interface PlayBatchResult {
  /**
   * float32, lanes x columns.
   */
  'observations'?: (Buffer | Uint8Array | string);
  /**
   * One byte an entry, lanes x actions.
   */
  'action_masks'?: (Buffer | Uint8Array | string);
  /**
   * float64, one a lane.
   */
  'rewards'?: (Buffer | Uint8Array | string);
  /**
   * One byte a lane.
   */
  'terminated'?: (Buffer | Uint8Array | string);
  /**
   * One byte a lane.
   */
  'truncated'?: (Buffer | Uint8Array | string);
  /**
   * float32, rows of the lanes that ended and reset in this step (same-step mode), in lane order.
   */
  'final_observations'?: (Buffer | Uint8Array | string);
  /**
   * Lanes that failed.
   */
  'errors'?: (_nightshift_v1_PlayLaneError)[];
}

/**
 * Answer to a batch: columns, little-endian.
 */
export interface PlayBatchResult__Output {
  /**
   * float32, lanes x columns.
   */
  'observations': (Buffer);
  /**
   * One byte an entry, lanes x actions.
   */
  'action_masks': (Buffer);
  /**
   * float64, one a lane.
   */
  'rewards': (Buffer);
  /**
   * One byte a lane.
   */
  'terminated': (Buffer);
  /**
   * One byte a lane.
   */
  'truncated': (Buffer);
  /**
   * float32, rows of the lanes that ended and reset in this step (same-step mode), in lane order.
   */
  'final_observations': (Buffer);
  /**
   * Lanes that failed.
   */
  'errors': (_nightshift_v1_PlayLaneError__Output)[];
}
