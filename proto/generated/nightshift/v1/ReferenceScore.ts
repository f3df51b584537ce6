// Original file: nightshift/v1/task.proto


/**
 * A measured score of a known policy, so that a figure of one's own has something to stand beside.
 */
export interface ReferenceScore {
  /**
   * Name of the policy: "do-nothing", "random", "heuristic", "expert" or "oracle".
   */
  'policy'?: (string);
  /**
   * Mean score, 0..1.
   */
  'score'?: (number | string);
  /**
   * How it was measured: episodes, data set, engine.
   */
  'measured'?: (string);
}

/**
 * A measured score of a known policy, so that a figure of one's own has something to stand beside.
 */
export interface ReferenceScore__Output {
  /**
   * Name of the policy: "do-nothing", "random", "heuristic", "expert" or "oracle".
   */
  'policy': (string);
  /**
   * Mean score, 0..1.
   */
  'score': (number);
  /**
   * How it was measured: episodes, data set, engine.
   */
  'measured': (string);
}
