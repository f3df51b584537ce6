// Original file: nightshift/v1/episode.proto

import type { ConfigureTraining as _nightshift_v1_ConfigureTraining, ConfigureTraining__Output as _nightshift_v1_ConfigureTraining__Output } from '../../nightshift/v1/ConfigureTraining.js';
import type { RunEpochs as _nightshift_v1_RunEpochs, RunEpochs__Output as _nightshift_v1_RunEpochs__Output } from '../../nightshift/v1/RunEpochs.js';
import type { AdjustLearningRate as _nightshift_v1_AdjustLearningRate, AdjustLearningRate__Output as _nightshift_v1_AdjustLearningRate__Output } from '../../nightshift/v1/AdjustLearningRate.js';
import type { ToggleAugmentation as _nightshift_v1_ToggleAugmentation, ToggleAugmentation__Output as _nightshift_v1_ToggleAugmentation__Output } from '../../nightshift/v1/ToggleAugmentation.js';
import type { GetTrainingStatus as _nightshift_v1_GetTrainingStatus, GetTrainingStatus__Output as _nightshift_v1_GetTrainingStatus__Output } from '../../nightshift/v1/GetTrainingStatus.js';
import type { SubmitModel as _nightshift_v1_SubmitModel, SubmitModel__Output as _nightshift_v1_SubmitModel__Output } from '../../nightshift/v1/SubmitModel.js';
import type { Restart as _nightshift_v1_Restart, Restart__Output as _nightshift_v1_Restart__Output } from '../../nightshift/v1/Restart.js';
import type { ScaleUp as _nightshift_v1_ScaleUp, ScaleUp__Output as _nightshift_v1_ScaleUp__Output } from '../../nightshift/v1/ScaleUp.js';
import type { CircuitBreak as _nightshift_v1_CircuitBreak, CircuitBreak__Output as _nightshift_v1_CircuitBreak__Output } from '../../nightshift/v1/CircuitBreak.js';
import type { Rollback as _nightshift_v1_Rollback, Rollback__Output as _nightshift_v1_Rollback__Output } from '../../nightshift/v1/Rollback.js';
import type { Wait as _nightshift_v1_Wait, Wait__Output as _nightshift_v1_Wait__Output } from '../../nightshift/v1/Wait.js';
import type { FlatAction as _nightshift_v1_FlatAction, FlatAction__Output as _nightshift_v1_FlatAction__Output } from '../../nightshift/v1/FlatAction.js';

/**
 * What an agent does.
 */
export interface Action {
  /**
   * training
   */
  'configure_training'?: (_nightshift_v1_ConfigureTraining | null);
  /**
   * training
   */
  'run_epochs'?: (_nightshift_v1_RunEpochs | null);
  /**
   * training
   */
  'adjust_learning_rate'?: (_nightshift_v1_AdjustLearningRate | null);
  /**
   * training
   */
  'toggle_augmentation'?: (_nightshift_v1_ToggleAugmentation | null);
  /**
   * training; free
   */
  'get_training_status'?: (_nightshift_v1_GetTrainingStatus | null);
  /**
   * training; ends the episode
   */
  'submit_model'?: (_nightshift_v1_SubmitModel | null);
  /**
   * sre
   */
  'restart'?: (_nightshift_v1_Restart | null);
  /**
   * sre
   */
  'scale_up'?: (_nightshift_v1_ScaleUp | null);
  /**
   * sre
   */
  'circuit_break'?: (_nightshift_v1_CircuitBreak | null);
  /**
   * sre
   */
  'rollback'?: (_nightshift_v1_Rollback | null);
  /**
   * sre
   */
  'wait'?: (_nightshift_v1_Wait | null);
  /**
   * any environment
   */
  'flat'?: (_nightshift_v1_FlatAction | null);
  /**
   * Exactly one; it must belong to the session's environment (INVALID_ARGUMENT, WRONG_ACTION).
   */
  'action'?: "configure_training"|"run_epochs"|"adjust_learning_rate"|"toggle_augmentation"|"get_training_status"|"submit_model"|"restart"|"scale_up"|"circuit_break"|"rollback"|"wait"|"flat";
}

/**
 * What an agent does.
 */
export interface Action__Output {
  /**
   * training
   */
  'configure_training'?: (_nightshift_v1_ConfigureTraining__Output | null);
  /**
   * training
   */
  'run_epochs'?: (_nightshift_v1_RunEpochs__Output | null);
  /**
   * training
   */
  'adjust_learning_rate'?: (_nightshift_v1_AdjustLearningRate__Output | null);
  /**
   * training
   */
  'toggle_augmentation'?: (_nightshift_v1_ToggleAugmentation__Output | null);
  /**
   * training; free
   */
  'get_training_status'?: (_nightshift_v1_GetTrainingStatus__Output | null);
  /**
   * training; ends the episode
   */
  'submit_model'?: (_nightshift_v1_SubmitModel__Output | null);
  /**
   * sre
   */
  'restart'?: (_nightshift_v1_Restart__Output | null);
  /**
   * sre
   */
  'scale_up'?: (_nightshift_v1_ScaleUp__Output | null);
  /**
   * sre
   */
  'circuit_break'?: (_nightshift_v1_CircuitBreak__Output | null);
  /**
   * sre
   */
  'rollback'?: (_nightshift_v1_Rollback__Output | null);
  /**
   * sre
   */
  'wait'?: (_nightshift_v1_Wait__Output | null);
  /**
   * any environment
   */
  'flat'?: (_nightshift_v1_FlatAction__Output | null);
  /**
   * Exactly one; it must belong to the session's environment (INVALID_ARGUMENT, WRONG_ACTION).
   */
  'action'?: "configure_training"|"run_epochs"|"adjust_learning_rate"|"toggle_augmentation"|"get_training_status"|"submit_model"|"restart"|"scale_up"|"circuit_break"|"rollback"|"wait"|"flat";
}
