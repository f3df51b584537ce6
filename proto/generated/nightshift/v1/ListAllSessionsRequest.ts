// Original file: nightshift/v1/operator_service.proto


/**
 * Which sessions.
 */
export interface ListAllSessionsRequest {
  /**
   * 1..1000; 0 for 100.
   */
  'page_size'?: (number);
  /**
   * From the page before; empty for the first.
   */
  'page_token'?: (string);
}

/**
 * Which sessions.
 */
export interface ListAllSessionsRequest__Output {
  /**
   * 1..1000; 0 for 100.
   */
  'page_size': (number);
  /**
   * From the page before; empty for the first.
   */
  'page_token': (string);
}
