// Original file: nightshift/v1/env_service.proto

/**
 * How lanes of a play stream start again: Gymnasium's AutoresetMode.
 */
export const AutoresetMode = {
  /**
   * AUTORESET_MODE_DISABLED.
   */
  AUTORESET_MODE_UNSPECIFIED: 'AUTORESET_MODE_UNSPECIFIED',
  /**
   * They do not: after the end a step of the lane is EPISODE_ENDED in-band, until PlayReset or Reset starts the next episode.
   */
  AUTORESET_MODE_DISABLED: 'AUTORESET_MODE_DISABLED',
  /**
   * The step after the last one starts the next episode, whatever its action: it is not taken, and its reward is 0.
   */
  AUTORESET_MODE_NEXT_STEP: 'AUTORESET_MODE_NEXT_STEP',
  /**
   * The last step's answer holds the first observation of the next episode, and the final one beside it.
   */
  AUTORESET_MODE_SAME_STEP: 'AUTORESET_MODE_SAME_STEP',
} as const;

/**
 * How lanes of a play stream start again: Gymnasium's AutoresetMode.
 */
export type AutoresetMode =
  /**
   * AUTORESET_MODE_DISABLED.
   */
  | 'AUTORESET_MODE_UNSPECIFIED'
  | 0
  /**
   * They do not: after the end a step of the lane is EPISODE_ENDED in-band, until PlayReset or Reset starts the next episode.
   */
  | 'AUTORESET_MODE_DISABLED'
  | 1
  /**
   * The step after the last one starts the next episode, whatever its action: it is not taken, and its reward is 0.
   */
  | 'AUTORESET_MODE_NEXT_STEP'
  | 2
  /**
   * The last step's answer holds the first observation of the next episode, and the final one beside it.
   */
  | 'AUTORESET_MODE_SAME_STEP'
  | 3

/**
 * How lanes of a play stream start again: Gymnasium's AutoresetMode.
 */
export type AutoresetMode__Output = typeof AutoresetMode[keyof typeof AutoresetMode]
