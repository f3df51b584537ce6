// Original file: nightshift/v1/env_service.proto

import type { SreDeclaration as _nightshift_v1_SreDeclaration, SreDeclaration__Output as _nightshift_v1_SreDeclaration__Output } from '../../nightshift/v1/SreDeclaration.js';

/**
 * Which episode to end.
 */
export interface FinishRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
  /**
   * sre: a last diagnosis.
   */
  'declare'?: (_nightshift_v1_SreDeclaration | null);
  '_declare'?: "declare";
}

/**
 * Which episode to end.
 */
export interface FinishRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
  /**
   * sre: a last diagnosis.
   */
  'declare'?: (_nightshift_v1_SreDeclaration__Output | null);
  '_declare'?: "declare";
}
