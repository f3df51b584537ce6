// Original file: nightshift/v1/operator_service.proto

import type { Session as _nightshift_v1_Session, Session__Output as _nightshift_v1_Session__Output } from '../../nightshift/v1/Session.js';

/**
 * All sessions.
 */
export interface ListAllSessionsResponse {
  /**
   * In the order in which they were created.
   */
  'sessions'?: (_nightshift_v1_Session)[];
  /**
   * Empty on the last page.
   */
  'next_page_token'?: (string);
}

/**
 * All sessions.
 */
export interface ListAllSessionsResponse__Output {
  /**
   * In the order in which they were created.
   */
  'sessions': (_nightshift_v1_Session__Output)[];
  /**
   * Empty on the last page.
   */
  'next_page_token': (string);
}
