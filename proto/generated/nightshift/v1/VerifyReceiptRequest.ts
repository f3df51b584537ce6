// Original file: nightshift/v1/env_service.proto

import type { Receipt as _nightshift_v1_Receipt, Receipt__Output as _nightshift_v1_Receipt__Output } from '../../nightshift/v1/Receipt.js';

/**
 * What to verify.
 */
export interface VerifyReceiptRequest {
  /**
   * The receipt.
   */
  'receipt'?: (_nightshift_v1_Receipt | null);
}

/**
 * What to verify.
 */
export interface VerifyReceiptRequest__Output {
  /**
   * The receipt.
   */
  'receipt': (_nightshift_v1_Receipt__Output | null);
}
