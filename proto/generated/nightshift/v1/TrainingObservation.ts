// Original file: nightshift/v1/training.proto

import type { ConvergenceSignal as _nightshift_v1_ConvergenceSignal, ConvergenceSignal__Output as _nightshift_v1_ConvergenceSignal__Output } from '../../nightshift/v1/ConvergenceSignal.js';
import type { TrainingConfiguration as _nightshift_v1_TrainingConfiguration, TrainingConfiguration__Output as _nightshift_v1_TrainingConfiguration__Output } from '../../nightshift/v1/TrainingConfiguration.js';
import type { TrialRecord as _nightshift_v1_TrialRecord, TrialRecord__Output as _nightshift_v1_TrialRecord__Output } from '../../nightshift/v1/TrialRecord.js';
import type { DataSetIdentity as _nightshift_v1_DataSetIdentity, DataSetIdentity__Output as _nightshift_v1_DataSetIdentity__Output } from '../../nightshift/v1/DataSetIdentity.js';

/**
 * What an agent sees of a training. What has not been measured yet, or is not finite, is absent.
 */
export interface TrainingObservation {
  /**
   * Epochs trained so far; never goes back.
   */
  'current_epoch'?: (number);
  /**
   * The episode's budget of epochs.
   */
  'max_epochs'?: (number);
  /**
   * Epochs left; an epoch that was cut off by a cancelled call stays charged.
   */
  'remaining_budget'?: (number);
  /**
   * Mean batch loss of the last epoch, in training mode (dropout and augmentation on); cross-entropy, nats.
   */
  'train_loss'?: (number | string);
  /**
   * Validation loss after the last epoch, evaluation mode.
   */
  'val_loss'?: (number | string);
  /**
   * Accuracy on a fixed draw of training images, as many as validation has, evaluation mode, 0..1.
   */
  'train_accuracy'?: (number | string);
  /**
   * Validation accuracy after the last epoch, 0..1.
   */
  'val_accuracy'?: (number | string);
  /**
   * Highest validation accuracy of the episode, 0..1.
   */
  'best_val_accuracy'?: (number | string);
  /**
   * current_epoch at which it was reached.
   */
  'best_val_epoch'?: (number);
  /**
   * train_loss of the last 10 epochs, oldest first; losses that were not finite are left out.
   */
  'loss_history_last_10'?: (number | string)[];
  /**
   * val_loss of the last 10 epochs, oldest first; losses that were not finite are left out.
   */
  'val_loss_history_last_10'?: (number | string)[];
  /**
   * What the curves look like.
   */
  'convergence_signal'?: (_nightshift_v1_ConvergenceSignal);
  /**
   * Whether the current weights come from a divergence.
   */
  'is_diverged'?: (boolean);
  /**
   * The configuration; absent before the first configure_training.
   */
  'configuration'?: (_nightshift_v1_TrainingConfiguration | null);
  /**
   * Learning rate that the next epoch will use; absent before the first configure_training or when the budget is spent.
   */
  'learning_rate'?: (number | string);
  /**
   * Mean over the last epoch's steps of the gradient's L2 norm.
   */
  'gradient_norm'?: (number | string);
  /**
   * The current trial's number, from 1.
   */
  'trial'?: (number);
  /**
   * Each configuration tried and what it reached, oldest first.
   */
  'trials'?: (_nightshift_v1_TrialRecord)[];
  /**
   * Name of the engine that trains: the part of a machine's identity that results depend on.
   */
  'engine'?: (string);
  /**
   * The images.
   */
  'data_set'?: (_nightshift_v1_DataSetIdentity | null);
  '_train_loss'?: "train_loss";
  '_val_loss'?: "val_loss";
  '_train_accuracy'?: "train_accuracy";
  '_val_accuracy'?: "val_accuracy";
  '_best_val_accuracy'?: "best_val_accuracy";
  '_best_val_epoch'?: "best_val_epoch";
  '_configuration'?: "configuration";
  '_learning_rate'?: "learning_rate";
  '_gradient_norm'?: "gradient_norm";
}

/**
 * What an agent sees of a training. What has not been measured yet, or is not finite, is absent.
 */
export interface TrainingObservation__Output {
  /**
   * Epochs trained so far; never goes back.
   */
  'current_epoch': (number);
  /**
   * The episode's budget of epochs.
   */
  'max_epochs': (number);
  /**
   * Epochs left; an epoch that was cut off by a cancelled call stays charged.
   */
  'remaining_budget': (number);
  /**
   * Mean batch loss of the last epoch, in training mode (dropout and augmentation on); cross-entropy, nats.
   */
  'train_loss'?: (number);
  /**
   * Validation loss after the last epoch, evaluation mode.
   */
  'val_loss'?: (number);
  /**
   * Accuracy on a fixed draw of training images, as many as validation has, evaluation mode, 0..1.
   */
  'train_accuracy'?: (number);
  /**
   * Validation accuracy after the last epoch, 0..1.
   */
  'val_accuracy'?: (number);
  /**
   * Highest validation accuracy of the episode, 0..1.
   */
  'best_val_accuracy'?: (number);
  /**
   * current_epoch at which it was reached.
   */
  'best_val_epoch'?: (number);
  /**
   * train_loss of the last 10 epochs, oldest first; losses that were not finite are left out.
   */
  'loss_history_last_10': (number)[];
  /**
   * val_loss of the last 10 epochs, oldest first; losses that were not finite are left out.
   */
  'val_loss_history_last_10': (number)[];
  /**
   * What the curves look like.
   */
  'convergence_signal': (_nightshift_v1_ConvergenceSignal__Output);
  /**
   * Whether the current weights come from a divergence.
   */
  'is_diverged': (boolean);
  /**
   * The configuration; absent before the first configure_training.
   */
  'configuration'?: (_nightshift_v1_TrainingConfiguration__Output | null);
  /**
   * Learning rate that the next epoch will use; absent before the first configure_training or when the budget is spent.
   */
  'learning_rate'?: (number);
  /**
   * Mean over the last epoch's steps of the gradient's L2 norm.
   */
  'gradient_norm'?: (number);
  /**
   * The current trial's number, from 1.
   */
  'trial': (number);
  /**
   * Each configuration tried and what it reached, oldest first.
   */
  'trials': (_nightshift_v1_TrialRecord__Output)[];
  /**
   * Name of the engine that trains: the part of a machine's identity that results depend on.
   */
  'engine': (string);
  /**
   * The images.
   */
  'data_set': (_nightshift_v1_DataSetIdentity__Output | null);
  '_train_loss'?: "train_loss";
  '_val_loss'?: "val_loss";
  '_train_accuracy'?: "train_accuracy";
  '_val_accuracy'?: "val_accuracy";
  '_best_val_accuracy'?: "best_val_accuracy";
  '_best_val_epoch'?: "best_val_epoch";
  '_configuration'?: "configuration";
  '_learning_rate'?: "learning_rate";
  '_gradient_norm'?: "gradient_norm";
}
