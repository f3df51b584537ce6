// Original file: nightshift/v1/training.proto

import type { ConvergenceSignal as _nightshift_v1_ConvergenceSignal, ConvergenceSignal__Output as _nightshift_v1_ConvergenceSignal__Output } from '../../nightshift/v1/ConvergenceSignal.js';

/**
 * What one epoch came to.
 */
export interface EpochMetrics {
  /**
   * current_epoch after it.
   */
  'epoch'?: (number);
  /**
   * Trial.
   */
  'trial'?: (number);
  /**
   * Learning rate used.
   */
  'learning_rate'?: (number | string);
  /**
   * As in TrainingObservation.
   */
  'train_loss'?: (number | string);
  /**
   * As in TrainingObservation.
   */
  'val_loss'?: (number | string);
  /**
   * As in TrainingObservation.
   */
  'train_accuracy'?: (number | string);
  /**
   * As in TrainingObservation.
   */
  'val_accuracy'?: (number | string);
  /**
   * As in TrainingObservation.
   */
  'gradient_norm'?: (number | string);
  /**
   * Signal after it.
   */
  'convergence_signal'?: (_nightshift_v1_ConvergenceSignal);
  /**
   * Whether it diverged.
   */
  'diverged'?: (boolean);
  '_train_loss'?: "train_loss";
  '_val_loss'?: "val_loss";
  '_train_accuracy'?: "train_accuracy";
  '_val_accuracy'?: "val_accuracy";
  '_gradient_norm'?: "gradient_norm";
}

/**
 * What one epoch came to.
 */
export interface EpochMetrics__Output {
  /**
   * current_epoch after it.
   */
  'epoch': (number);
  /**
   * Trial.
   */
  'trial': (number);
  /**
   * Learning rate used.
   */
  'learning_rate': (number);
  /**
   * As in TrainingObservation.
   */
  'train_loss'?: (number);
  /**
   * As in TrainingObservation.
   */
  'val_loss'?: (number);
  /**
   * As in TrainingObservation.
   */
  'train_accuracy'?: (number);
  /**
   * As in TrainingObservation.
   */
  'val_accuracy'?: (number);
  /**
   * As in TrainingObservation.
   */
  'gradient_norm'?: (number);
  /**
   * Signal after it.
   */
  'convergence_signal': (_nightshift_v1_ConvergenceSignal__Output);
  /**
   * Whether it diverged.
   */
  'diverged': (boolean);
  '_train_loss'?: "train_loss";
  '_val_loss'?: "val_loss";
  '_train_accuracy'?: "train_accuracy";
  '_val_accuracy'?: "val_accuracy";
  '_gradient_norm'?: "gradient_norm";
}
