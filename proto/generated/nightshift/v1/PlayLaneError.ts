// Original file: nightshift/v1/env_service.proto

import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from '../../google/rpc/Status.js';

/**
 * A lane that failed; the others go on.
 */
export interface PlayLaneError {
  /**
   * Index of the lane.
   */
  'lane'?: (number);
  /**
   * What happened.
   */
  'status'?: (_google_rpc_Status | null);
}

/**
 * A lane that failed; the others go on.
 */
export interface PlayLaneError__Output {
  /**
   * Index of the lane.
   */
  'lane': (number);
  /**
   * What happened.
   */
  'status': (_google_rpc_Status__Output | null);
}
