// Original file: nightshift/v1/env_service.proto

import type { Split as _nightshift_v1_Split, Split__Output as _nightshift_v1_Split__Output } from '../../nightshift/v1/Split.js';
import type { SessionOptions as _nightshift_v1_SessionOptions, SessionOptions__Output as _nightshift_v1_SessionOptions__Output } from '../../nightshift/v1/SessionOptions.js';
import type { Long } from '@grpc/proto-loader';

/**
 * What to open.
 */
export interface CreateSessionRequest {
  /**
   * "environment/task"; required.
   */
  'task_id'?: (string);
  /**
   * Any 64-bit number. Absent, the server draws one and tells it in Session.seed.
   */
  'seed'?: (number | string | Long);
  /**
   * Default SPLIT_TRAIN.
   */
  'split'?: (_nightshift_v1_Split);
  /**
   * Options.
   */
  'options'?: (_nightshift_v1_SessionOptions | null);
  /**
   * Asking again with the same key, owner key and contents within the session's life gives the session that the first call made, instead of
   * a second one. At most 128 characters. Other contents under the same key: INVALID_ARGUMENT (REQUEST_MISMATCH).
   */
  'idempotency_key'?: (string);
  /**
   * Whoever knows it can list the session. At most 128 characters; empty for none.
   */
  'owner_key'?: (string);
  '_seed'?: "seed";
}

/**
 * What to open.
 */
export interface CreateSessionRequest__Output {
  /**
   * "environment/task"; required.
   */
  'task_id': (string);
  /**
   * Any 64-bit number. Absent, the server draws one and tells it in Session.seed.
   */
  'seed'?: (string);
  /**
   * Default SPLIT_TRAIN.
   */
  'split': (_nightshift_v1_Split__Output);
  /**
   * Options.
   */
  'options': (_nightshift_v1_SessionOptions__Output | null);
  /**
   * Asking again with the same key, owner key and contents within the session's life gives the session that the first call made, instead of
   * a second one. At most 128 characters. Other contents under the same key: INVALID_ARGUMENT (REQUEST_MISMATCH).
   */
  'idempotency_key': (string);
  /**
   * Whoever knows it can list the session. At most 128 characters; empty for none.
   */
  'owner_key': (string);
  '_seed'?: "seed";
}
