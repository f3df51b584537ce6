// Original file: nightshift/v1/session.proto

import type { Action as _nightshift_v1_Action, Action__Output as _nightshift_v1_Action__Output } from '../../nightshift/v1/Action.js';
import type { Long } from '@grpc/proto-loader';

/**
 * An action was accepted.
 */
export interface ActionStarted {
  /**
   * The action.
   */
  'action'?: (_nightshift_v1_Action | null);
  /**
   * Its request number, if it had one.
   */
  'request_number'?: (number | string | Long);
  '_request_number'?: "request_number";
}

/**
 * An action was accepted.
 */
export interface ActionStarted__Output {
  /**
   * The action.
   */
  'action': (_nightshift_v1_Action__Output | null);
  /**
   * Its request number, if it had one.
   */
  'request_number'?: (string);
  '_request_number'?: "request_number";
}
