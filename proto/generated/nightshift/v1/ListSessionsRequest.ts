// Original file: nightshift/v1/env_service.proto


/**
 * Whose sessions to list.
 */
export interface ListSessionsRequest {
  /**
   * Owner key; required.
   */
  'owner_key'?: (string);
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
 * Whose sessions to list.
 */
export interface ListSessionsRequest__Output {
  /**
   * Owner key; required.
   */
  'owner_key': (string);
  /**
   * 1..1000; 0 for 100.
   */
  'page_size': (number);
  /**
   * From the page before; empty for the first.
   */
  'page_token': (string);
}
