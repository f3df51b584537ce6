// Original file: nightshift/v1/env_service.proto

import type { AutoresetMode as _nightshift_v1_AutoresetMode, AutoresetMode__Output as _nightshift_v1_AutoresetMode__Output } from '../../nightshift/v1/AutoresetMode.js';
import type { Long } from '@grpc/proto-loader';

/**
 * One lane of a play stream.
 */
export interface PlayLane {
  /**
   * Session of the lane; a session is in one lane of a stream at most.
   */
  'session_id'?: (string);
  /**
   * How it starts again.
   */
  'autoreset_mode'?: (_nightshift_v1_AutoresetMode);
  /**
   * Seeds of its next episodes, in order; at most 10000 wait at once. Where none is left, the server draws one.
   */
  'seeds'?: (number | string | Long)[];
}

/**
 * One lane of a play stream.
 */
export interface PlayLane__Output {
  /**
   * Session of the lane; a session is in one lane of a stream at most.
   */
  'session_id': (string);
  /**
   * How it starts again.
   */
  'autoreset_mode': (_nightshift_v1_AutoresetMode__Output);
  /**
   * Seeds of its next episodes, in order; at most 10000 wait at once. Where none is left, the server draws one.
   */
  'seeds': (string)[];
}
