// Original file: nightshift/v1/env_service.proto

import type { Session as _nightshift_v1_Session, Session__Output as _nightshift_v1_Session__Output } from '../../nightshift/v1/Session.js';
import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from '../../nightshift/v1/Observation.js';

/**
 * The fork.
 */
export interface ForkResponse {
  /**
   * The new session.
   */
  'session'?: (_nightshift_v1_Session | null);
  /**
   * Its observation, equal to the old one's.
   */
  'observation'?: (_nightshift_v1_Observation | null);
}

/**
 * The fork.
 */
export interface ForkResponse__Output {
  /**
   * The new session.
   */
  'session': (_nightshift_v1_Session__Output | null);
  /**
   * Its observation, equal to the old one's.
   */
  'observation': (_nightshift_v1_Observation__Output | null);
}
