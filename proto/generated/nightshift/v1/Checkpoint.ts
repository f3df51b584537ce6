// Original file: nightshift/v1/training.proto

/**
 * Which weights are submitted.
 */
export const Checkpoint = {
  /**
   * Not given: CHECKPOINT_BEST.
   */
  CHECKPOINT_UNSPECIFIED: 'CHECKPOINT_UNSPECIFIED',
  /**
   * The epoch with the highest validation accuracy; among equals the lower loss, then the earlier epoch.
   */
  CHECKPOINT_BEST: 'CHECKPOINT_BEST',
  /**
   * The weights as they are now.
   */
  CHECKPOINT_LAST: 'CHECKPOINT_LAST',
} as const;

/**
 * Which weights are submitted.
 */
export type Checkpoint =
  /**
   * Not given: CHECKPOINT_BEST.
   */
  | 'CHECKPOINT_UNSPECIFIED'
  | 0
  /**
   * The epoch with the highest validation accuracy; among equals the lower loss, then the earlier epoch.
   */
  | 'CHECKPOINT_BEST'
  | 1
  /**
   * The weights as they are now.
   */
  | 'CHECKPOINT_LAST'
  | 2

/**
 * Which weights are submitted.
 */
export type Checkpoint__Output = typeof Checkpoint[keyof typeof Checkpoint]
