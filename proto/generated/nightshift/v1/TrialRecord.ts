// Original file: nightshift/v1/training.proto

import type { TrainingConfiguration as _nightshift_v1_TrainingConfiguration, TrainingConfiguration__Output as _nightshift_v1_TrainingConfiguration__Output } from '../../nightshift/v1/TrainingConfiguration.js';

/**
 * One configuration that was tried, and what it reached: a row of the trial history. A trial is one line of training from scratch or from a
 * checkpoint; it has a row for each configuration under which it trained.
 */
export interface TrialRecord {
  /**
   * Number of the trial, from 1.
   */
  'trial'?: (number);
  /**
   * What was configured.
   */
  'configuration'?: (_nightshift_v1_TrainingConfiguration | null);
  /**
   * current_epoch after this row's first epoch.
   */
  'first_epoch'?: (number);
  /**
   * Epochs trained under it.
   */
  'epochs'?: (number);
  /**
   * Highest validation accuracy of these epochs, 0..1; absent when it diverged in its first.
   */
  'best_val_accuracy'?: (number | string);
  /**
   * Last validation loss of these epochs; absent when not finite or not measured.
   */
  'last_val_loss'?: (number | string);
  /**
   * Whether it ended in a divergence.
   */
  'diverged'?: (boolean);
  '_best_val_accuracy'?: "best_val_accuracy";
  '_last_val_loss'?: "last_val_loss";
}

/**
 * One configuration that was tried, and what it reached: a row of the trial history. A trial is one line of training from scratch or from a
 * checkpoint; it has a row for each configuration under which it trained.
 */
export interface TrialRecord__Output {
  /**
   * Number of the trial, from 1.
   */
  'trial': (number);
  /**
   * What was configured.
   */
  'configuration': (_nightshift_v1_TrainingConfiguration__Output | null);
  /**
   * current_epoch after this row's first epoch.
   */
  'first_epoch': (number);
  /**
   * Epochs trained under it.
   */
  'epochs': (number);
  /**
   * Highest validation accuracy of these epochs, 0..1; absent when it diverged in its first.
   */
  'best_val_accuracy'?: (number);
  /**
   * Last validation loss of these epochs; absent when not finite or not measured.
   */
  'last_val_loss'?: (number);
  /**
   * Whether it ended in a divergence.
   */
  'diverged': (boolean);
  '_best_val_accuracy'?: "best_val_accuracy";
  '_last_val_loss'?: "last_val_loss";
}
