// Original file: nightshift/v1/task.proto

/**
 * What the rewards of steps are.
 */
export const RewardMode = {
  /**
   * Not given: the task's default, default_reward_mode.
   */
  REWARD_MODE_UNSPECIFIED: 'REWARD_MODE_UNSPECIFIED',
  /**
   * Bounded shaping in each step and the score at the end.
   */
  REWARD_MODE_SHAPED: 'REWARD_MODE_SHAPED',
  /**
   * 0 in each step and the score at the end, so that their sum is the score.
   */
  REWARD_MODE_SCORE: 'REWARD_MODE_SCORE',
} as const;

/**
 * What the rewards of steps are.
 */
export type RewardMode =
  /**
   * Not given: the task's default, default_reward_mode.
   */
  | 'REWARD_MODE_UNSPECIFIED'
  | 0
  /**
   * Bounded shaping in each step and the score at the end.
   */
  | 'REWARD_MODE_SHAPED'
  | 1
  /**
   * 0 in each step and the score at the end, so that their sum is the score.
   */
  | 'REWARD_MODE_SCORE'
  | 2

/**
 * What the rewards of steps are.
 */
export type RewardMode__Output = typeof RewardMode[keyof typeof RewardMode]
