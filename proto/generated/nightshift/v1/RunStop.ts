// Original file: nightshift/v1/training.proto

/**
 * Why a run_epochs call ended.
 */
export const RunStop = {
  /**
   * Never sent.
   */
  RUN_STOP_UNSPECIFIED: 'RUN_STOP_UNSPECIFIED',
  /**
   * All the epochs asked for were trained.
   */
  RUN_STOP_COMPLETED: 'RUN_STOP_COMPLETED',
  /**
   * The budget had fewer epochs left than were asked for.
   */
  RUN_STOP_BUDGET_SPENT: 'RUN_STOP_BUDGET_SPENT',
  /**
   * Training diverged: go on with resume_from best_checkpoint or scratch.
   */
  RUN_STOP_DIVERGED: 'RUN_STOP_DIVERGED',
  /**
   * stop.patience_epochs epochs of this call brought no validation loss better than the episode's best.
   */
  RUN_STOP_NO_IMPROVEMENT: 'RUN_STOP_NO_IMPROVEMENT',
  /**
   * stop.val_accuracy was reached.
   */
  RUN_STOP_ACCURACY_REACHED: 'RUN_STOP_ACCURACY_REACHED',
} as const;

/**
 * Why a run_epochs call ended.
 */
export type RunStop =
  /**
   * Never sent.
   */
  | 'RUN_STOP_UNSPECIFIED'
  | 0
  /**
   * All the epochs asked for were trained.
   */
  | 'RUN_STOP_COMPLETED'
  | 1
  /**
   * The budget had fewer epochs left than were asked for.
   */
  | 'RUN_STOP_BUDGET_SPENT'
  | 2
  /**
   * Training diverged: go on with resume_from best_checkpoint or scratch.
   */
  | 'RUN_STOP_DIVERGED'
  | 3
  /**
   * stop.patience_epochs epochs of this call brought no validation loss better than the episode's best.
   */
  | 'RUN_STOP_NO_IMPROVEMENT'
  | 4
  /**
   * stop.val_accuracy was reached.
   */
  | 'RUN_STOP_ACCURACY_REACHED'
  | 5

/**
 * Why a run_epochs call ended.
 */
export type RunStop__Output = typeof RunStop[keyof typeof RunStop]
