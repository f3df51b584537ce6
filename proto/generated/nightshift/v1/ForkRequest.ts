// Original file: nightshift/v1/env_service.proto


/**
 * What to fork.
 */
export interface ForkRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
  /**
   * As CreateSessionRequest.idempotency_key.
   */
  'idempotency_key'?: (string);
}

/**
 * What to fork.
 */
export interface ForkRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
  /**
   * As CreateSessionRequest.idempotency_key.
   */
  'idempotency_key': (string);
}
