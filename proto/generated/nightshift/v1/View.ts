// Original file: nightshift/v1/task.proto

/**
 * In which forms observations are sent.
 */
export const View = {
  /**
   * Not valid.
   */
  VIEW_UNSPECIFIED: 'VIEW_UNSPECIFIED',
  /**
   * The environment's message: TrainingObservation or SreObservation.
   */
  VIEW_TYPED: 'VIEW_TYPED',
  /**
   * FlatObservation: named float32 columns and an action mask.
   */
  VIEW_FLAT: 'VIEW_FLAT',
  /**
   * A text under 4 kB for language models.
   */
  VIEW_TEXT: 'VIEW_TEXT',
} as const;

/**
 * In which forms observations are sent.
 */
export type View =
  /**
   * Not valid.
   */
  | 'VIEW_UNSPECIFIED'
  | 0
  /**
   * The environment's message: TrainingObservation or SreObservation.
   */
  | 'VIEW_TYPED'
  | 1
  /**
   * FlatObservation: named float32 columns and an action mask.
   */
  | 'VIEW_FLAT'
  | 2
  /**
   * A text under 4 kB for language models.
   */
  | 'VIEW_TEXT'
  | 3

/**
 * In which forms observations are sent.
 */
export type View__Output = typeof View[keyof typeof View]
