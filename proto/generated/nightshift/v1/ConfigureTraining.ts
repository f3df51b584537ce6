// Original file: nightshift/v1/training.proto

import type { Optimizer as _nightshift_v1_Optimizer, Optimizer__Output as _nightshift_v1_Optimizer__Output } from '../../nightshift/v1/Optimizer.js';
import type { LearningRateSchedule as _nightshift_v1_LearningRateSchedule, LearningRateSchedule__Output as _nightshift_v1_LearningRateSchedule__Output } from '../../nightshift/v1/LearningRateSchedule.js';
import type { ResumeFrom as _nightshift_v1_ResumeFrom, ResumeFrom__Output as _nightshift_v1_ResumeFrom__Output } from '../../nightshift/v1/ResumeFrom.js';

/**
 * Sets or changes how training goes. Fields left out have a default in the first call of an episode and keep their value in later ones.
 * It is validated whole before any of it holds: one bad field changes nothing. Weights, history and spent budget stay; the optimizer's
 * moments stay unless the optimizer changes. It costs no budget and pays no reward.
 * Errors: INVALID_ARGUMENT (INVALID_FIELD), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: best_checkpoint before there is one).
 */
export interface ConfigureTraining {
  /**
   * Default adam.
   */
  'optimizer'?: (_nightshift_v1_Optimizer);
  /**
   * Base learning rate, 1e-6..1. Default 1e-3.
   */
  'learning_rate'?: (number | string);
  /**
   * Images a step: 32, 64, 128 or 256. Default 64. The short last batch of an epoch is kept.
   */
  'batch_size'?: (number);
  /**
   * L2 coefficient (sgd, adam) or decoupled decay (adamw), 0..0.1. Default 0.
   */
  'weight_decay'?: (number | string);
  /**
   * Share of units dropped after each hidden dense layer, 0..0.5. Default 0.
   */
  'dropout'?: (number | string);
  /**
   * Default constant.
   */
  'lr_schedule'?: (_nightshift_v1_LearningRateSchedule);
  /**
   * Epochs of linear warm-up, 0..20, less than the budget left; more than 0 only with warmup_cosine. Default 0.
   */
  'warmup_epochs'?: (number);
  /**
   * Whether training images are transformed at random. Default off.
   */
  'augmentation'?: (boolean);
  /**
   * How strongly, 0..1. Default 0.5.
   */
  'augmentation_strength'?: (number | string);
  /**
   * Where training goes on from. Default current.
   */
  'resume_from'?: (_nightshift_v1_ResumeFrom);
  '_optimizer'?: "optimizer";
  '_learning_rate'?: "learning_rate";
  '_batch_size'?: "batch_size";
  '_weight_decay'?: "weight_decay";
  '_dropout'?: "dropout";
  '_lr_schedule'?: "lr_schedule";
  '_warmup_epochs'?: "warmup_epochs";
  '_augmentation'?: "augmentation";
  '_augmentation_strength'?: "augmentation_strength";
  '_resume_from'?: "resume_from";
}

/**
 * Sets or changes how training goes. Fields left out have a default in the first call of an episode and keep their value in later ones.
 * It is validated whole before any of it holds: one bad field changes nothing. Weights, history and spent budget stay; the optimizer's
 * moments stay unless the optimizer changes. It costs no budget and pays no reward.
 * Errors: INVALID_ARGUMENT (INVALID_FIELD), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE: best_checkpoint before there is one).
 */
export interface ConfigureTraining__Output {
  /**
   * Default adam.
   */
  'optimizer'?: (_nightshift_v1_Optimizer__Output);
  /**
   * Base learning rate, 1e-6..1. Default 1e-3.
   */
  'learning_rate'?: (number);
  /**
   * Images a step: 32, 64, 128 or 256. Default 64. The short last batch of an epoch is kept.
   */
  'batch_size'?: (number);
  /**
   * L2 coefficient (sgd, adam) or decoupled decay (adamw), 0..0.1. Default 0.
   */
  'weight_decay'?: (number);
  /**
   * Share of units dropped after each hidden dense layer, 0..0.5. Default 0.
   */
  'dropout'?: (number);
  /**
   * Default constant.
   */
  'lr_schedule'?: (_nightshift_v1_LearningRateSchedule__Output);
  /**
   * Epochs of linear warm-up, 0..20, less than the budget left; more than 0 only with warmup_cosine. Default 0.
   */
  'warmup_epochs'?: (number);
  /**
   * Whether training images are transformed at random. Default off.
   */
  'augmentation'?: (boolean);
  /**
   * How strongly, 0..1. Default 0.5.
   */
  'augmentation_strength'?: (number);
  /**
   * Where training goes on from. Default current.
   */
  'resume_from'?: (_nightshift_v1_ResumeFrom__Output);
  '_optimizer'?: "optimizer";
  '_learning_rate'?: "learning_rate";
  '_batch_size'?: "batch_size";
  '_weight_decay'?: "weight_decay";
  '_dropout'?: "dropout";
  '_lr_schedule'?: "lr_schedule";
  '_warmup_epochs'?: "warmup_epochs";
  '_augmentation'?: "augmentation";
  '_augmentation_strength'?: "augmentation_strength";
  '_resume_from'?: "resume_from";
}
