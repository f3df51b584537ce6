// Original file: nightshift/v1/env_service.proto

import type { Progress as _nightshift_v1_Progress, Progress__Output as _nightshift_v1_Progress__Output } from '../../nightshift/v1/Progress.js';
import type { StepResponse as _nightshift_v1_StepResponse, StepResponse__Output as _nightshift_v1_StepResponse__Output } from '../../nightshift/v1/StepResponse.js';

/**
 * Progress, or at the end the result.
 */
export interface StepStreamResponse {
  /**
   * Progress.
   */
  'progress'?: (_nightshift_v1_Progress | null);
  /**
   * The result: the last message.
   */
  'result'?: (_nightshift_v1_StepResponse | null);
  /**
   * What it is.
   */
  'event'?: "progress"|"result";
}

/**
 * Progress, or at the end the result.
 */
export interface StepStreamResponse__Output {
  /**
   * Progress.
   */
  'progress'?: (_nightshift_v1_Progress__Output | null);
  /**
   * The result: the last message.
   */
  'result'?: (_nightshift_v1_StepResponse__Output | null);
  /**
   * What it is.
   */
  'event'?: "progress"|"result";
}
