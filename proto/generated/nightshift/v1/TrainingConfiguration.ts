// Original file: nightshift/v1/training.proto

import type { Optimizer as _nightshift_v1_Optimizer, Optimizer__Output as _nightshift_v1_Optimizer__Output } from '../../nightshift/v1/Optimizer.js';
import type { LearningRateSchedule as _nightshift_v1_LearningRateSchedule, LearningRateSchedule__Output as _nightshift_v1_LearningRateSchedule__Output } from '../../nightshift/v1/LearningRateSchedule.js';

/**
 * How training is configured now; every default filled in.
 */
export interface TrainingConfiguration {
  /**
   * Update rule.
   */
  'optimizer'?: (_nightshift_v1_Optimizer);
  /**
   * Base learning rate.
   */
  'learning_rate'?: (number | string);
  /**
   * Images a step.
   */
  'batch_size'?: (number);
  /**
   * Weight decay.
   */
  'weight_decay'?: (number | string);
  /**
   * Dropout rate.
   */
  'dropout'?: (number | string);
  /**
   * Schedule.
   */
  'lr_schedule'?: (_nightshift_v1_LearningRateSchedule);
  /**
   * Warm-up epochs.
   */
  'warmup_epochs'?: (number);
  /**
   * Whether augmentation is on.
   */
  'augmentation'?: (boolean);
  /**
   * Strength of augmentation.
   */
  'augmentation_strength'?: (number | string);
}

/**
 * How training is configured now; every default filled in.
 */
export interface TrainingConfiguration__Output {
  /**
   * Update rule.
   */
  'optimizer': (_nightshift_v1_Optimizer__Output);
  /**
   * Base learning rate.
   */
  'learning_rate': (number);
  /**
   * Images a step.
   */
  'batch_size': (number);
  /**
   * Weight decay.
   */
  'weight_decay': (number);
  /**
   * Dropout rate.
   */
  'dropout': (number);
  /**
   * Schedule.
   */
  'lr_schedule': (_nightshift_v1_LearningRateSchedule__Output);
  /**
   * Warm-up epochs.
   */
  'warmup_epochs': (number);
  /**
   * Whether augmentation is on.
   */
  'augmentation': (boolean);
  /**
   * Strength of augmentation.
   */
  'augmentation_strength': (number);
}
