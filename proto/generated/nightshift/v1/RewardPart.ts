// Original file: nightshift/v1/episode.proto


/**
 * A named part of a reward.
 */
export interface RewardPart {
  /**
   * training: "progress", "convergence", "divergence", "overfitting", "submission"; in REWARD_MODE_SCORE "score" alone, at the end.
   */
  'name'?: (string);
  /**
   * Its amount; the parts' sum is the reward.
   */
  'value'?: (number | string);
}

/**
 * A named part of a reward.
 */
export interface RewardPart__Output {
  /**
   * training: "progress", "convergence", "divergence", "overfitting", "submission"; in REWARD_MODE_SCORE "score" alone, at the end.
   */
  'name': (string);
  /**
   * Its amount; the parts' sum is the reward.
   */
  'value': (number);
}
