// Original file: nightshift/v1/operator_service.proto


/**
 * Which session.
 */
export interface GetHiddenStateRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
}

/**
 * Which session.
 */
export interface GetHiddenStateRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
}
