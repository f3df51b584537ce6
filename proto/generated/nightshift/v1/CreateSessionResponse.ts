// Original file: nightshift/v1/env_service.proto

import type { Session as _nightshift_v1_Session, Session__Output as _nightshift_v1_Session__Output } from '../../nightshift/v1/Session.js';
import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from '../../nightshift/v1/Observation.js';

/**
 * The opened session.
 */
export interface CreateSessionResponse {
  /**
   * The session; its seed is told here.
   */
  'session'?: (_nightshift_v1_Session | null);
  /**
   * First observation.
   */
  'observation'?: (_nightshift_v1_Observation | null);
}

/**
 * The opened session.
 */
export interface CreateSessionResponse__Output {
  /**
   * The session; its seed is told here.
   */
  'session': (_nightshift_v1_Session__Output | null);
  /**
   * First observation.
   */
  'observation': (_nightshift_v1_Observation__Output | null);
}
