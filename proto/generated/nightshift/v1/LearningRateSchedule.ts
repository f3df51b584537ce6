// Original file: nightshift/v1/training.proto

/**
 * How the learning rate changes from epoch to epoch; it is constant within one. k counts the epochs since the last configure_training that
 * named learning_rate, lr_schedule, warmup_epochs, optimizer or resume_from; T is the budget that was left then; b is the base rate.
 */
export const LearningRateSchedule = {
  /**
   * Not given: the first configure_training takes LEARNING_RATE_SCHEDULE_CONSTANT, later ones keep what there is.
   */
  LEARNING_RATE_SCHEDULE_UNSPECIFIED: 'LEARNING_RATE_SCHEDULE_UNSPECIFIED',
  /**
   * b.
   */
  LEARNING_RATE_SCHEDULE_CONSTANT: 'LEARNING_RATE_SCHEDULE_CONSTANT',
  /**
   * b x 0.1^floor(3 k / T).
   */
  LEARNING_RATE_SCHEDULE_STEP: 'LEARNING_RATE_SCHEDULE_STEP',
  /**
   * b (1 + cos(pi k / T)) / 2.
   */
  LEARNING_RATE_SCHEDULE_COSINE: 'LEARNING_RATE_SCHEDULE_COSINE',
  /**
   * b (k + 1) / w for k < w = warmup_epochs, then the cosine over (k - w) / (T - w).
   */
  LEARNING_RATE_SCHEDULE_WARMUP_COSINE: 'LEARNING_RATE_SCHEDULE_WARMUP_COSINE',
} as const;

/**
 * How the learning rate changes from epoch to epoch; it is constant within one. k counts the epochs since the last configure_training that
 * named learning_rate, lr_schedule, warmup_epochs, optimizer or resume_from; T is the budget that was left then; b is the base rate.
 */
export type LearningRateSchedule =
  /**
   * Not given: the first configure_training takes LEARNING_RATE_SCHEDULE_CONSTANT, later ones keep what there is.
   */
  | 'LEARNING_RATE_SCHEDULE_UNSPECIFIED'
  | 0
  /**
   * b.
   */
  | 'LEARNING_RATE_SCHEDULE_CONSTANT'
  | 1
  /**
   * b x 0.1^floor(3 k / T).
   */
  | 'LEARNING_RATE_SCHEDULE_STEP'
  | 2
  /**
   * b (1 + cos(pi k / T)) / 2.
   */
  | 'LEARNING_RATE_SCHEDULE_COSINE'
  | 3
  /**
   * b (k + 1) / w for k < w = warmup_epochs, then the cosine over (k - w) / (T - w).
   */
  | 'LEARNING_RATE_SCHEDULE_WARMUP_COSINE'
  | 4

/**
 * How the learning rate changes from epoch to epoch; it is constant within one. k counts the epochs since the last configure_training that
 * named learning_rate, lr_schedule, warmup_epochs, optimizer or resume_from; T is the budget that was left then; b is the base rate.
 */
export type LearningRateSchedule__Output = typeof LearningRateSchedule[keyof typeof LearningRateSchedule]
