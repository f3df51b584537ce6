// Original file: nightshift/v1/training.proto

import type { BatchProgress as _nightshift_v1_BatchProgress, BatchProgress__Output as _nightshift_v1_BatchProgress__Output } from '../../nightshift/v1/BatchProgress.js';
import type { EpochMetrics as _nightshift_v1_EpochMetrics, EpochMetrics__Output as _nightshift_v1_EpochMetrics__Output } from '../../nightshift/v1/EpochMetrics.js';

/**
 * What a run_epochs call tells while it runs.
 */
export interface TrainingProgress {
  /**
   * Which epoch of this call is meant, from 1.
   */
  'epoch_of_call'?: (number);
  /**
   * How many epochs this call will train at most.
   */
  'epochs_of_call'?: (number);
  /**
   * Some batches were trained: at most ten times an epoch, after fixed shares of it.
   */
  'batch'?: (_nightshift_v1_BatchProgress | null);
  /**
   * An epoch is whole.
   */
  'epoch'?: (_nightshift_v1_EpochMetrics | null);
  /**
   * What happened.
   */
  'event'?: "batch"|"epoch";
}

/**
 * What a run_epochs call tells while it runs.
 */
export interface TrainingProgress__Output {
  /**
   * Which epoch of this call is meant, from 1.
   */
  'epoch_of_call': (number);
  /**
   * How many epochs this call will train at most.
   */
  'epochs_of_call': (number);
  /**
   * Some batches were trained: at most ten times an epoch, after fixed shares of it.
   */
  'batch'?: (_nightshift_v1_BatchProgress__Output | null);
  /**
   * An epoch is whole.
   */
  'epoch'?: (_nightshift_v1_EpochMetrics__Output | null);
  /**
   * What happened.
   */
  'event'?: "batch"|"epoch";
}
