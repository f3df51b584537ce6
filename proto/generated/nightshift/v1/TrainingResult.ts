// Original file: nightshift/v1/training.proto

import type { Checkpoint as _nightshift_v1_Checkpoint, Checkpoint__Output as _nightshift_v1_Checkpoint__Output } from '../../nightshift/v1/Checkpoint.js';
import type { DataSetIdentity as _nightshift_v1_DataSetIdentity, DataSetIdentity__Output as _nightshift_v1_DataSetIdentity__Output } from '../../nightshift/v1/DataSetIdentity.js';

/**
 * The parts of a training's score. a, e, g and t are shares in 0..1.
 */
export interface TrainingResult {
  /**
   * Which weights were graded.
   */
  'checkpoint'?: (_nightshift_v1_Checkpoint);
  /**
   * current_epoch of those weights; 0 for initial weights.
   */
  'epoch'?: (number);
  /**
   * Accuracy on the hidden test split, 0..1; absent when the weights were not finite.
   */
  'test_accuracy'?: (number | string);
  /**
   * Accuracy of the same weights on all training images, evaluation mode, 0..1.
   */
  'train_accuracy'?: (number | string);
  /**
   * a: share of the way of test_accuracy from the task's floor to its target.
   */
  'accuracy_share'?: (number | string);
  /**
   * g = 1 - (train_accuracy - test_accuracy) / 0.12; set where the task grades generalisation.
   */
  'generalisation_share'?: (number | string);
  /**
   * e = 1 - (epochs charged - epochs of the submitted line up to its arrival) / budget; set where the task grades efficiency.
   */
  'efficiency_share'?: (number | string);
  /**
   * t = 1 - sum of the rises of the validation loss, nats, along the line up to arrival, at least 0; set where the task grades stability.
   */
  'stability_share'?: (number | string);
  /**
   * Test images graded on.
   */
  'test_images'?: (number);
  /**
   * Epochs charged in the episode.
   */
  'epochs_charged'?: (number);
  /**
   * Engine.
   */
  'engine'?: (string);
  /**
   * The images.
   */
  'data_set'?: (_nightshift_v1_DataSetIdentity | null);
  '_test_accuracy'?: "test_accuracy";
  '_train_accuracy'?: "train_accuracy";
  '_generalisation_share'?: "generalisation_share";
  '_efficiency_share'?: "efficiency_share";
  '_stability_share'?: "stability_share";
}

/**
 * The parts of a training's score. a, e, g and t are shares in 0..1.
 */
export interface TrainingResult__Output {
  /**
   * Which weights were graded.
   */
  'checkpoint': (_nightshift_v1_Checkpoint__Output);
  /**
   * current_epoch of those weights; 0 for initial weights.
   */
  'epoch': (number);
  /**
   * Accuracy on the hidden test split, 0..1; absent when the weights were not finite.
   */
  'test_accuracy'?: (number);
  /**
   * Accuracy of the same weights on all training images, evaluation mode, 0..1.
   */
  'train_accuracy'?: (number);
  /**
   * a: share of the way of test_accuracy from the task's floor to its target.
   */
  'accuracy_share': (number);
  /**
   * g = 1 - (train_accuracy - test_accuracy) / 0.12; set where the task grades generalisation.
   */
  'generalisation_share'?: (number);
  /**
   * e = 1 - (epochs charged - epochs of the submitted line up to its arrival) / budget; set where the task grades efficiency.
   */
  'efficiency_share'?: (number);
  /**
   * t = 1 - sum of the rises of the validation loss, nats, along the line up to arrival, at least 0; set where the task grades stability.
   */
  'stability_share'?: (number);
  /**
   * Test images graded on.
   */
  'test_images': (number);
  /**
   * Epochs charged in the episode.
   */
  'epochs_charged': (number);
  /**
   * Engine.
   */
  'engine': (string);
  /**
   * The images.
   */
  'data_set': (_nightshift_v1_DataSetIdentity__Output | null);
  '_test_accuracy'?: "test_accuracy";
  '_train_accuracy'?: "train_accuracy";
  '_generalisation_share'?: "generalisation_share";
  '_efficiency_share'?: "efficiency_share";
  '_stability_share'?: "stability_share";
}
