// Original file: nightshift/v1/env_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What to watch.
 */
export interface WatchRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
  /**
   * First event to send; absent: from the oldest kept one. An offset still to come waits for it.
   */
  'from_offset'?: (number | string | Long);
  '_from_offset'?: "from_offset";
}

/**
 * What to watch.
 */
export interface WatchRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
  /**
   * First event to send; absent: from the oldest kept one. An offset still to come waits for it.
   */
  'from_offset'?: (string);
  '_from_offset'?: "from_offset";
}
