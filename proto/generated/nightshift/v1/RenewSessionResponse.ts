// Original file: nightshift/v1/env_service.proto

import type { Session as _nightshift_v1_Session, Session__Output as _nightshift_v1_Session__Output } from '../../nightshift/v1/Session.js';

/**
 * Renewed.
 */
export interface RenewSessionResponse {
  /**
   * The session.
   */
  'session'?: (_nightshift_v1_Session | null);
}

/**
 * Renewed.
 */
export interface RenewSessionResponse__Output {
  /**
   * The session.
   */
  'session': (_nightshift_v1_Session__Output | null);
}
