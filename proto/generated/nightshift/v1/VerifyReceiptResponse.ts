// Original file: nightshift/v1/env_service.proto


/**
 * Whether it holds.
 */
export interface VerifyReceiptResponse {
  /**
   * Every bit is the same.
   */
  'confirmed'?: (boolean);
  /**
   * Index of the first step that differs.
   */
  'first_difference'?: (number);
  /**
   * A sentence where it could not be confirmed.
   */
  'why'?: (string);
  '_first_difference'?: "first_difference";
}

/**
 * Whether it holds.
 */
export interface VerifyReceiptResponse__Output {
  /**
   * Every bit is the same.
   */
  'confirmed': (boolean);
  /**
   * Index of the first step that differs.
   */
  'first_difference'?: (number);
  /**
   * A sentence where it could not be confirmed.
   */
  'why': (string);
  '_first_difference'?: "first_difference";
}
