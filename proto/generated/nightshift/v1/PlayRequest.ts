// Original file: nightshift/v1/env_service.proto

import type { PlayLanes as _nightshift_v1_PlayLanes, PlayLanes__Output as _nightshift_v1_PlayLanes__Output } from '../../nightshift/v1/PlayLanes.js';
import type { PlayBatch as _nightshift_v1_PlayBatch, PlayBatch__Output as _nightshift_v1_PlayBatch__Output } from '../../nightshift/v1/PlayBatch.js';
import type { StepRequest as _nightshift_v1_StepRequest, StepRequest__Output as _nightshift_v1_StepRequest__Output } from '../../nightshift/v1/StepRequest.js';
import type { ResetRequest as _nightshift_v1_ResetRequest, ResetRequest__Output as _nightshift_v1_ResetRequest__Output } from '../../nightshift/v1/ResetRequest.js';
import type { PlayReset as _nightshift_v1_PlayReset, PlayReset__Output as _nightshift_v1_PlayReset__Output } from '../../nightshift/v1/PlayReset.js';
import type { Long } from '@grpc/proto-loader';

/**
 * One request of a play stream.
 */
export interface PlayRequest {
  /**
   * Told again in the answer.
   */
  'request_id'?: (number | string | Long);
  /**
   * Set the lanes.
   */
  'lanes'?: (_nightshift_v1_PlayLanes | null);
  /**
   * Step all lanes.
   */
  'batch'?: (_nightshift_v1_PlayBatch | null);
  /**
   * Step one session.
   */
  'step'?: (_nightshift_v1_StepRequest | null);
  /**
   * Reset one session.
   */
  'reset'?: (_nightshift_v1_ResetRequest | null);
  /**
   * Reset some lanes.
   */
  'reset_lanes'?: (_nightshift_v1_PlayReset | null);
  /**
   * What is asked.
   */
  'request'?: "lanes"|"batch"|"step"|"reset"|"reset_lanes";
}

/**
 * One request of a play stream.
 */
export interface PlayRequest__Output {
  /**
   * Told again in the answer.
   */
  'request_id': (string);
  /**
   * Set the lanes.
   */
  'lanes'?: (_nightshift_v1_PlayLanes__Output | null);
  /**
   * Step all lanes.
   */
  'batch'?: (_nightshift_v1_PlayBatch__Output | null);
  /**
   * Step one session.
   */
  'step'?: (_nightshift_v1_StepRequest__Output | null);
  /**
   * Reset one session.
   */
  'reset'?: (_nightshift_v1_ResetRequest__Output | null);
  /**
   * Reset some lanes.
   */
  'reset_lanes'?: (_nightshift_v1_PlayReset__Output | null);
  /**
   * What is asked.
   */
  'request'?: "lanes"|"batch"|"step"|"reset"|"reset_lanes";
}
