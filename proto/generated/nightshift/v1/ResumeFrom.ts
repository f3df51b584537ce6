// Original file: nightshift/v1/training.proto

/**
 * Where training goes on from.
 */
export const ResumeFrom = {
  /**
   * Not given: RESUME_FROM_CURRENT.
   */
  RESUME_FROM_UNSPECIFIED: 'RESUME_FROM_UNSPECIFIED',
  /**
   * The weights as they are. Not possible after a divergence.
   */
  RESUME_FROM_CURRENT: 'RESUME_FROM_CURRENT',
  /**
   * The weights, moments and step count of the best checkpoint so far. FAILED_PRECONDITION before there is one.
   */
  RESUME_FROM_BEST_CHECKPOINT: 'RESUME_FROM_BEST_CHECKPOINT',
  /**
   * New weights, drawn from a stream of the episode that the trial's number names. Spent budget stays spent.
   */
  RESUME_FROM_SCRATCH: 'RESUME_FROM_SCRATCH',
} as const;

/**
 * Where training goes on from.
 */
export type ResumeFrom =
  /**
   * Not given: RESUME_FROM_CURRENT.
   */
  | 'RESUME_FROM_UNSPECIFIED'
  | 0
  /**
   * The weights as they are. Not possible after a divergence.
   */
  | 'RESUME_FROM_CURRENT'
  | 1
  /**
   * The weights, moments and step count of the best checkpoint so far. FAILED_PRECONDITION before there is one.
   */
  | 'RESUME_FROM_BEST_CHECKPOINT'
  | 2
  /**
   * New weights, drawn from a stream of the episode that the trial's number names. Spent budget stays spent.
   */
  | 'RESUME_FROM_SCRATCH'
  | 3

/**
 * Where training goes on from.
 */
export type ResumeFrom__Output = typeof ResumeFrom[keyof typeof ResumeFrom]
