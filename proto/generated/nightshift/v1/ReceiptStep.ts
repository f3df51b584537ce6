// Original file: nightshift/v1/env_service.proto

import type { Action as _nightshift_v1_Action, Action__Output as _nightshift_v1_Action__Output } from '../../nightshift/v1/Action.js';

/**
 * One link of a receipt's chain.
 */
export interface ReceiptStep {
  /**
   * The action.
   */
  'action'?: (_nightshift_v1_Action | null);
  /**
   * SHA-256 of the answer.
   */
  'result_hash'?: (Buffer | Uint8Array | string);
  /**
   * SHA-256 of the link before and this one.
   */
  'chain_hash'?: (Buffer | Uint8Array | string);
}

/**
 * One link of a receipt's chain.
 */
export interface ReceiptStep__Output {
  /**
   * The action.
   */
  'action': (_nightshift_v1_Action__Output | null);
  /**
   * SHA-256 of the answer.
   */
  'result_hash': (Buffer);
  /**
   * SHA-256 of the link before and this one.
   */
  'chain_hash': (Buffer);
}
