// Original file: nightshift/v1/training.proto

/**
 * What the curves of the current trial look like. Over the last min(5, n) epochs of the trial, the first that fits in this order:
 * diverged, not started, warming up, overfitting, plateaued, improving, stalling.
 */
export const ConvergenceSignal = {
  /**
   * Never sent.
   */
  CONVERGENCE_SIGNAL_UNSPECIFIED: 'CONVERGENCE_SIGNAL_UNSPECIFIED',
  /**
   * No epoch of this trial yet.
   */
  CONVERGENCE_SIGNAL_NOT_STARTED: 'CONVERGENCE_SIGNAL_NOT_STARTED',
  /**
   * Fewer than 3 epochs in this trial.
   */
  CONVERGENCE_SIGNAL_WARMING_UP: 'CONVERGENCE_SIGNAL_WARMING_UP',
  /**
   * The last validation loss is below the first.
   */
  CONVERGENCE_SIGNAL_IMPROVING: 'CONVERGENCE_SIGNAL_IMPROVING',
  /**
   * The largest validation loss less the smallest is under 0.005.
   */
  CONVERGENCE_SIGNAL_PLATEAUED: 'CONVERGENCE_SIGNAL_PLATEAUED',
  /**
   * The last validation loss is above the first and the last training loss is below the first.
   */
  CONVERGENCE_SIGNAL_OVERFITTING: 'CONVERGENCE_SIGNAL_OVERFITTING',
  /**
   * None of the others.
   */
  CONVERGENCE_SIGNAL_STALLING: 'CONVERGENCE_SIGNAL_STALLING',
  /**
   * A loss was not finite, or an epoch's mean or validation loss exceeded 10.
   */
  CONVERGENCE_SIGNAL_DIVERGED: 'CONVERGENCE_SIGNAL_DIVERGED',
} as const;

/**
 * What the curves of the current trial look like. Over the last min(5, n) epochs of the trial, the first that fits in this order:
 * diverged, not started, warming up, overfitting, plateaued, improving, stalling.
 */
export type ConvergenceSignal =
  /**
   * Never sent.
   */
  | 'CONVERGENCE_SIGNAL_UNSPECIFIED'
  | 0
  /**
   * No epoch of this trial yet.
   */
  | 'CONVERGENCE_SIGNAL_NOT_STARTED'
  | 1
  /**
   * Fewer than 3 epochs in this trial.
   */
  | 'CONVERGENCE_SIGNAL_WARMING_UP'
  | 2
  /**
   * The last validation loss is below the first.
   */
  | 'CONVERGENCE_SIGNAL_IMPROVING'
  | 3
  /**
   * The largest validation loss less the smallest is under 0.005.
   */
  | 'CONVERGENCE_SIGNAL_PLATEAUED'
  | 4
  /**
   * The last validation loss is above the first and the last training loss is below the first.
   */
  | 'CONVERGENCE_SIGNAL_OVERFITTING'
  | 5
  /**
   * None of the others.
   */
  | 'CONVERGENCE_SIGNAL_STALLING'
  | 6
  /**
   * A loss was not finite, or an epoch's mean or validation loss exceeded 10.
   */
  | 'CONVERGENCE_SIGNAL_DIVERGED'
  | 7

/**
 * What the curves of the current trial look like. Over the last min(5, n) epochs of the trial, the first that fits in this order:
 * diverged, not started, warming up, overfitting, plateaued, improving, stalling.
 */
export type ConvergenceSignal__Output = typeof ConvergenceSignal[keyof typeof ConvergenceSignal]
