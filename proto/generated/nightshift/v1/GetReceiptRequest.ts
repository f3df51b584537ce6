// Original file: nightshift/v1/env_service.proto


/**
 * Which receipt to get.
 */
export interface GetReceiptRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
  /**
   * Episode; 0 for the last ended one.
   */
  'episode'?: (number);
}

/**
 * Which receipt to get.
 */
export interface GetReceiptRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
  /**
   * Episode; 0 for the last ended one.
   */
  'episode': (number);
}
