// Original file: nightshift/v1/env_service.proto

import type { Split as _nightshift_v1_Split, Split__Output as _nightshift_v1_Split__Output } from '../../nightshift/v1/Split.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Which policy to run.
 */
export interface RunPolicyRequest {
  /**
   * Task.
   */
  'task_id'?: (string);
  /**
   * Name of a policy of the task's environment, for example "do-nothing", "random", "expert" (training) or "oracle" (sre); a wrong one is
   * answered with the names there are.
   */
  'policy'?: (string);
  /**
   * Default SPLIT_TRAIN.
   */
  'split'?: (_nightshift_v1_Split);
  /**
   * First seed; the others follow it one by one.
   */
  'first_seed'?: (number | string | Long);
  /**
   * How many seeds, 1..10000.
   */
  'episodes'?: (number);
}

/**
 * Which policy to run.
 */
export interface RunPolicyRequest__Output {
  /**
   * Task.
   */
  'task_id': (string);
  /**
   * Name of a policy of the task's environment, for example "do-nothing", "random", "expert" (training) or "oracle" (sre); a wrong one is
   * answered with the names there are.
   */
  'policy': (string);
  /**
   * Default SPLIT_TRAIN.
   */
  'split': (_nightshift_v1_Split__Output);
  /**
   * First seed; the others follow it one by one.
   */
  'first_seed': (string);
  /**
   * How many seeds, 1..10000.
   */
  'episodes': (number);
}
