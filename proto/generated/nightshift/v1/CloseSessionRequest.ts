// Original file: nightshift/v1/env_service.proto


/**
 * Which session to close.
 */
export interface CloseSessionRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
}

/**
 * Which session to close.
 */
export interface CloseSessionRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
}
