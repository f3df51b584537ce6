// Original file: nightshift/v1/env_service.proto

import type { Action as _nightshift_v1_Action, Action__Output as _nightshift_v1_Action__Output } from '../../nightshift/v1/Action.js';
import type { SreDeclaration as _nightshift_v1_SreDeclaration, SreDeclaration__Output as _nightshift_v1_SreDeclaration__Output } from '../../nightshift/v1/SreDeclaration.js';
import type { Long } from '@grpc/proto-loader';

/**
 * What to do.
 */
export interface StepRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
  /**
   * The action; required.
   */
  'action'?: (_nightshift_v1_Action | null);
  /**
   * Makes the step exactly once. Numbers rise within a session, gaps are fine. The number of the last step with the same contents gives the
   * stored answer (kept also after the end of the episode), waits for the step if it is running, or takes it up if it was cut off; with
   * other contents it is INVALID_ARGUMENT (REQUEST_MISMATCH). A lower number is FAILED_PRECONDITION (REQUEST_NUMBER_PASSED), as is the number of a
   * step that was cut off and then given up for another action. A refused
   * action does not use its number up. Free actions take no number: one that is given is not looked at.
   */
  'request_number'?: (number | string | Long);
  /**
   * sre: a diagnosis beside the action; takes no time.
   */
  'declare'?: (_nightshift_v1_SreDeclaration | null);
  '_request_number'?: "request_number";
  '_declare'?: "declare";
}

/**
 * What to do.
 */
export interface StepRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
  /**
   * The action; required.
   */
  'action': (_nightshift_v1_Action__Output | null);
  /**
   * Makes the step exactly once. Numbers rise within a session, gaps are fine. The number of the last step with the same contents gives the
   * stored answer (kept also after the end of the episode), waits for the step if it is running, or takes it up if it was cut off; with
   * other contents it is INVALID_ARGUMENT (REQUEST_MISMATCH). A lower number is FAILED_PRECONDITION (REQUEST_NUMBER_PASSED), as is the number of a
   * step that was cut off and then given up for another action. A refused
   * action does not use its number up. Free actions take no number: one that is given is not looked at.
   */
  'request_number'?: (string);
  /**
   * sre: a diagnosis beside the action; takes no time.
   */
  'declare'?: (_nightshift_v1_SreDeclaration__Output | null);
  '_request_number'?: "request_number";
  '_declare'?: "declare";
}
