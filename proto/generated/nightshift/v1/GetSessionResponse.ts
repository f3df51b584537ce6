// Original file: nightshift/v1/env_service.proto

import type { Session as _nightshift_v1_Session, Session__Output as _nightshift_v1_Session__Output } from '../../nightshift/v1/Session.js';
import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from '../../nightshift/v1/Observation.js';

/**
 * Where it is.
 */
export interface GetSessionResponse {
  /**
   * The session.
   */
  'session'?: (_nightshift_v1_Session | null);
  /**
   * Its observation with the last whole epoch or step.
   */
  'observation'?: (_nightshift_v1_Observation | null);
}

/**
 * Where it is.
 */
export interface GetSessionResponse__Output {
  /**
   * The session.
   */
  'session': (_nightshift_v1_Session__Output | null);
  /**
   * Its observation with the last whole epoch or step.
   */
  'observation': (_nightshift_v1_Observation__Output | null);
}
