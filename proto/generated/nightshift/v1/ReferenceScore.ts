// Original file: nightshift/v1/task.proto


/**
 * A measured score of a known policy, so that a figure of one's own has something to stand beside.
 */
export interface ReferenceScore {
  /**
   * Name of the policy, for example "do-nothing", "random", "heuristic", "expert" or "oracle".
   */
  'policy'?: (string);
  /**
   * Mean score, 0..1.
   */
  'score'?: (number | string);
  /**
   * How it was measured: episodes, split and seeds, interval, data set, engine.
   */
  'measured'?: (string);
  /**
   * Half of Student's 95 % interval of the mean; absent where there was one episode.
   */
  'interval_half_width'?: (number | string);
  '_interval_half_width'?: "interval_half_width";
}

/**
 * A measured score of a known policy, so that a figure of one's own has something to stand beside.
 */
export interface ReferenceScore__Output {
  /**
   * Name of the policy, for example "do-nothing", "random", "heuristic", "expert" or "oracle".
   */
  'policy': (string);
  /**
   * Mean score, 0..1.
   */
  'score': (number);
  /**
   * How it was measured: episodes, split and seeds, interval, data set, engine.
   */
  'measured': (string);
  /**
   * Half of Student's 95 % interval of the mean; absent where there was one episode.
   */
  'interval_half_width'?: (number);
  '_interval_half_width'?: "interval_half_width";
}
