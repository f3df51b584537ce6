// Original file: nightshift/v1/env_service.proto


/**
 * Which session to get.
 */
export interface GetSessionRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
}

/**
 * Which session to get.
 */
export interface GetSessionRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
}
