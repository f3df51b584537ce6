// Original file: nightshift/v1/sre.proto


/**
 * The parts of the score; their sum is the score at the end and 0 before.
 */
export interface SreRewardBreakdown {
  /**
   * Service level and goodput regained.
   */
  'sla_compliance'?: (number | string);
  /**
   * What the actions cost; at most 0.
   */
  'cost_penalty'?: (number | string);
  /**
   * Downtime that the agent itself caused; at most 0.
   */
  'downtime_penalty'?: (number | string);
  /**
   * Lasting recovery; 0 until the end.
   */
  'resolution_bonus'?: (number | string);
  /**
   * What the bounds of the score add.
   */
  'bound'?: (number | string);
}

/**
 * The parts of the score; their sum is the score at the end and 0 before.
 */
export interface SreRewardBreakdown__Output {
  /**
   * Service level and goodput regained.
   */
  'sla_compliance': (number);
  /**
   * What the actions cost; at most 0.
   */
  'cost_penalty': (number);
  /**
   * Downtime that the agent itself caused; at most 0.
   */
  'downtime_penalty': (number);
  /**
   * Lasting recovery; 0 until the end.
   */
  'resolution_bonus': (number);
  /**
   * What the bounds of the score add.
   */
  'bound': (number);
}
