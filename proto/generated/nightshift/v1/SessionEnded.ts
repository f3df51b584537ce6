// Original file: nightshift/v1/session.proto


/**
 * The session ended: nothing comes after it.
 */
export interface SessionEnded {
  /**
   * A sentence.
   */
  'reason'?: (string);
}

/**
 * The session ended: nothing comes after it.
 */
export interface SessionEnded__Output {
  /**
   * A sentence.
   */
  'reason': (string);
}
