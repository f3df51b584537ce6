// Original file: nightshift/v1/env_service.proto

import type { PlayBatchResult as _nightshift_v1_PlayBatchResult, PlayBatchResult__Output as _nightshift_v1_PlayBatchResult__Output } from '../../nightshift/v1/PlayBatchResult.js';
import type { StepResponse as _nightshift_v1_StepResponse, StepResponse__Output as _nightshift_v1_StepResponse__Output } from '../../nightshift/v1/StepResponse.js';
import type { ResetResponse as _nightshift_v1_ResetResponse, ResetResponse__Output as _nightshift_v1_ResetResponse__Output } from '../../nightshift/v1/ResetResponse.js';
import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from '../../google/rpc/Status.js';
import type { Long } from '@grpc/proto-loader';

/**
 * One answer of a play stream.
 */
export interface PlayResponse {
  /**
   * Of the request.
   */
  'request_id'?: (number | string | Long);
  /**
   * To lanes, a batch or a reset of lanes.
   */
  'batch'?: (_nightshift_v1_PlayBatchResult | null);
  /**
   * To a step.
   */
  'step'?: (_nightshift_v1_StepResponse | null);
  /**
   * To a reset.
   */
  'reset'?: (_nightshift_v1_ResetResponse | null);
  /**
   * To a request that failed; the stream goes on.
   */
  'error'?: (_google_rpc_Status | null);
  /**
   * The answer.
   */
  'response'?: "batch"|"step"|"reset"|"error";
}

/**
 * One answer of a play stream.
 */
export interface PlayResponse__Output {
  /**
   * Of the request.
   */
  'request_id': (string);
  /**
   * To lanes, a batch or a reset of lanes.
   */
  'batch'?: (_nightshift_v1_PlayBatchResult__Output | null);
  /**
   * To a step.
   */
  'step'?: (_nightshift_v1_StepResponse__Output | null);
  /**
   * To a reset.
   */
  'reset'?: (_nightshift_v1_ResetResponse__Output | null);
  /**
   * To a request that failed; the stream goes on.
   */
  'error'?: (_google_rpc_Status__Output | null);
  /**
   * The answer.
   */
  'response'?: "batch"|"step"|"reset"|"error";
}
