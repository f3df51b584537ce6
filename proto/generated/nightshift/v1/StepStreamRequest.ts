// Original file: nightshift/v1/env_service.proto

import type { Action as _nightshift_v1_Action, Action__Output as _nightshift_v1_Action__Output } from '../../nightshift/v1/Action.js';
import type { SreDeclaration as _nightshift_v1_SreDeclaration, SreDeclaration__Output as _nightshift_v1_SreDeclaration__Output } from '../../nightshift/v1/SreDeclaration.js';
import type { Long } from '@grpc/proto-loader';

/**
 * As StepRequest.
 */
export interface StepStreamRequest {
  /**
   * Session.
   */
  'session_id'?: (string);
  /**
   * The action; required.
   */
  'action'?: (_nightshift_v1_Action | null);
  /**
   * As StepRequest.request_number; Step and StepStream share the numbers.
   */
  'request_number'?: (number | string | Long);
  /**
   * As StepRequest.declare.
   */
  'declare'?: (_nightshift_v1_SreDeclaration | null);
  '_request_number'?: "request_number";
  '_declare'?: "declare";
}

/**
 * As StepRequest.
 */
export interface StepStreamRequest__Output {
  /**
   * Session.
   */
  'session_id': (string);
  /**
   * The action; required.
   */
  'action': (_nightshift_v1_Action__Output | null);
  /**
   * As StepRequest.request_number; Step and StepStream share the numbers.
   */
  'request_number'?: (string);
  /**
   * As StepRequest.declare.
   */
  'declare'?: (_nightshift_v1_SreDeclaration__Output | null);
  '_request_number'?: "request_number";
  '_declare'?: "declare";
}
