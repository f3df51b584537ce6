// Original file: nightshift/v1/task.proto

/**
 * Where an episode is drawn from. Every split takes every seed; the episode comes from a hash of task, split and seed, so splits are disjoint.
 */
export const Split = {
  /**
   * Not given: SPLIT_TRAIN when a session is created, the session's split when it is reset.
   */
  SPLIT_UNSPECIFIED: 'SPLIT_UNSPECIFIED',
  /**
   * For learning.
   */
  SPLIT_TRAIN: 'SPLIT_TRAIN',
  /**
   * For choosing between what was learned.
   */
  SPLIT_VALIDATION: 'SPLIT_VALIDATION',
  /**
   * For reporting.
   */
  SPLIT_TEST: 'SPLIT_TEST',
} as const;

/**
 * Where an episode is drawn from. Every split takes every seed; the episode comes from a hash of task, split and seed, so splits are disjoint.
 */
export type Split =
  /**
   * Not given: SPLIT_TRAIN when a session is created, the session's split when it is reset.
   */
  | 'SPLIT_UNSPECIFIED'
  | 0
  /**
   * For learning.
   */
  | 'SPLIT_TRAIN'
  | 1
  /**
   * For choosing between what was learned.
   */
  | 'SPLIT_VALIDATION'
  | 2
  /**
   * For reporting.
   */
  | 'SPLIT_TEST'
  | 3

/**
 * Where an episode is drawn from. Every split takes every seed; the episode comes from a hash of task, split and seed, so splits are disjoint.
 */
export type Split__Output = typeof Split[keyof typeof Split]
