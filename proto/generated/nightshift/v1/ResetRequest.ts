// Original file: nightshift/v1/env_service.proto

import type { Split as _nightshift_v1_Split, Split__Output as _nightshift_v1_Split__Output } from '../../nightshift/v1/Split.js';
import type { SessionOptions as _nightshift_v1_SessionOptions, SessionOptions__Output as _nightshift_v1_SessionOptions__Output } from '../../nightshift/v1/SessionOptions.js';
import type { Long } from '@grpc/proto-loader';

/**
 * What to start next.
 */
export interface ResetRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
  /**
   * Empty: the session's task.
   */
  'task_id'?: (string);
  /**
   * Absent, the server draws one and tells it in Session.seed.
   */
  'seed'?: (number | string | Long);
  /**
   * SPLIT_UNSPECIFIED: the session's split.
   */
  'split'?: (_nightshift_v1_Split);
  /**
   * Absent: the session's options; present, they replace them.
   */
  'options'?: (_nightshift_v1_SessionOptions | null);
  /**
   * As StepRequest.request_number.
   */
  'request_number'?: (number | string | Long);
  '_seed'?: "seed";
  '_options'?: "options";
  '_request_number'?: "request_number";
}

/**
 * What to start next.
 */
export interface ResetRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
  /**
   * Empty: the session's task.
   */
  'task_id': (string);
  /**
   * Absent, the server draws one and tells it in Session.seed.
   */
  'seed'?: (string);
  /**
   * SPLIT_UNSPECIFIED: the session's split.
   */
  'split': (_nightshift_v1_Split__Output);
  /**
   * Absent: the session's options; present, they replace them.
   */
  'options'?: (_nightshift_v1_SessionOptions__Output | null);
  /**
   * As StepRequest.request_number.
   */
  'request_number'?: (string);
  '_seed'?: "seed";
  '_options'?: "options";
  '_request_number'?: "request_number";
}
