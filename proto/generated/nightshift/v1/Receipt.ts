// Original file: nightshift/v1/env_service.proto

import type { Split as _nightshift_v1_Split, Split__Output as _nightshift_v1_Split__Output } from '../../nightshift/v1/Split.js';
import type { ReceiptStep as _nightshift_v1_ReceiptStep, ReceiptStep__Output as _nightshift_v1_ReceiptStep__Output } from '../../nightshift/v1/ReceiptStep.js';
import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from '../../nightshift/v1/EpisodeResult.js';
import type { Long } from '@grpc/proto-loader';

/**
 * An episode as a record that can be run again.
 */
export interface Receipt {
  /**
   * Task.
   */
  'task_id'?: (string);
  /**
   * Its version.
   */
  'task_version'?: (number);
  /**
   * Split.
   */
  'split'?: (_nightshift_v1_Split);
  /**
   * Seed.
   */
  'seed'?: (number | string | Long);
  /**
   * Engine's name.
   */
  'engine'?: (string);
  /**
   * Digest of the data.
   */
  'data_digest'?: (string);
  /**
   * The steps.
   */
  'steps'?: (_nightshift_v1_ReceiptStep)[];
  /**
   * The result.
   */
  'result'?: (_nightshift_v1_EpisodeResult | null);
}

/**
 * An episode as a record that can be run again.
 */
export interface Receipt__Output {
  /**
   * Task.
   */
  'task_id': (string);
  /**
   * Its version.
   */
  'task_version': (number);
  /**
   * Split.
   */
  'split': (_nightshift_v1_Split__Output);
  /**
   * Seed.
   */
  'seed': (string);
  /**
   * Engine's name.
   */
  'engine': (string);
  /**
   * Digest of the data.
   */
  'data_digest': (string);
  /**
   * The steps.
   */
  'steps': (_nightshift_v1_ReceiptStep__Output)[];
  /**
   * The result.
   */
  'result': (_nightshift_v1_EpisodeResult__Output | null);
}
