// Original file: nightshift/v1/env_service.proto

import type { Receipt as _nightshift_v1_Receipt, Receipt__Output as _nightshift_v1_Receipt__Output } from '../../nightshift/v1/Receipt.js';

/**
 * The receipt.
 */
export interface GetReceiptResponse {
  /**
   * The receipt.
   */
  'receipt'?: (_nightshift_v1_Receipt | null);
}

/**
 * The receipt.
 */
export interface GetReceiptResponse__Output {
  /**
   * The receipt.
   */
  'receipt': (_nightshift_v1_Receipt__Output | null);
}
