// Original file: nightshift/v1/env_service.proto

import type { Session as _nightshift_v1_Session, Session__Output as _nightshift_v1_Session__Output } from '../../nightshift/v1/Session.js';

/**
 * The sessions.
 */
export interface ListSessionsResponse {
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
 * The sessions.
 */
export interface ListSessionsResponse__Output {
  /**
   * In the order in which they were created.
   */
  'sessions': (_nightshift_v1_Session__Output)[];
  /**
   * Empty on the last page.
   */
  'next_page_token': (string);
}
