// Original file: nightshift/v1/env_service.proto

import type { SessionEvent as _nightshift_v1_SessionEvent, SessionEvent__Output as _nightshift_v1_SessionEvent__Output } from '../../nightshift/v1/SessionEvent.js';

/**
 * An event.
 */
export interface WatchResponse {
  /**
   * The event.
   */
  'event'?: (_nightshift_v1_SessionEvent | null);
}

/**
 * An event.
 */
export interface WatchResponse__Output {
  /**
   * The event.
   */
  'event': (_nightshift_v1_SessionEvent__Output | null);
}
