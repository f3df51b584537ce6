// Original file: nightshift/v1/env_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

/**
 * Which lease to renew.
 */
export interface RenewSessionRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
  /**
   * A new length of the lease from now on, 10 s to 24 h; absent: the session's.
   */
  'lease'?: (_google_protobuf_Duration | null);
  '_lease'?: "lease";
}

/**
 * Which lease to renew.
 */
export interface RenewSessionRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
  /**
   * A new length of the lease from now on, 10 s to 24 h; absent: the session's.
   */
  'lease'?: (_google_protobuf_Duration__Output | null);
  '_lease'?: "lease";
}
