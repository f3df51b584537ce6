// Original file: nightshift/v1/env_service.proto

import type { PlayLaneError as _nightshift_v1_PlayLaneError, PlayLaneError__Output as _nightshift_v1_PlayLaneError__Output } from '../../nightshift/v1/PlayLaneError.js';
import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from '../../nightshift/v1/EpisodeResult.js';

/**
 * Answer to lanes, to a batch and to a reset of lanes: columns, little-endian, a row or an entry for each lane.
 */
export interface PlayBatchResult {
  /**
   * float32, lanes x columns. Of a lane that failed: its observation as it is, or zeros once its session has ended.
   */
  'observations'?: (Buffer | Uint8Array | string);
  /**
   * One byte an entry, lanes x actions: which actions of Task.actions are possible.
   */
  'action_masks'?: (Buffer | Uint8Array | string);
  /**
   * float64, one a lane.
   */
  'rewards'?: (Buffer | Uint8Array | string);
  /**
   * One byte a lane: 1 where the task ended the episode in this step.
   */
  'terminated'?: (Buffer | Uint8Array | string);
  /**
   * One byte a lane: 1 where a limit ended it.
   */
  'truncated'?: (Buffer | Uint8Array | string);
  /**
   * float32, rows of the lanes that ended and started again in this step (same-step mode), in lane order: those in both ended_lanes and
   * started_lanes.
   */
  'final_observations'?: (Buffer | Uint8Array | string);
  /**
   * Lanes that failed, in lane order. What such a lane was asked was not done, unless it is in ended_lanes: then it ended, and did not start again.
   */
  'errors'?: (_nightshift_v1_PlayLaneError)[];
  /**
   * One byte an entry, rows beside final_observations.
   */
  'final_action_masks'?: (Buffer | Uint8Array | string);
  /**
   * uint32, one a lane: number of its episode, from 1.
   */
  'episodes'?: (Buffer | Uint8Array | string);
  /**
   * uint32, one a lane: counted actions taken in that episode.
   */
  'steps'?: (Buffer | Uint8Array | string);
  /**
   * Lanes whose episode ended in this step, in lane order.
   */
  'ended_lanes'?: (number)[];
  /**
   * What those episodes came to, in that order.
   */
  'results'?: (_nightshift_v1_EpisodeResult)[];
  /**
   * Lanes whose episode began with this answer, in lane order.
   */
  'started_lanes'?: (number)[];
  /**
   * uint64, the seeds of those episodes, in that order.
   */
  'started_seeds'?: (Buffer | Uint8Array | string);
}

/**
 * Answer to lanes, to a batch and to a reset of lanes: columns, little-endian, a row or an entry for each lane.
 */
export interface PlayBatchResult__Output {
  /**
   * float32, lanes x columns. Of a lane that failed: its observation as it is, or zeros once its session has ended.
   */
  'observations': (Buffer);
  /**
   * One byte an entry, lanes x actions: which actions of Task.actions are possible.
   */
  'action_masks': (Buffer);
  /**
   * float64, one a lane.
   */
  'rewards': (Buffer);
  /**
   * One byte a lane: 1 where the task ended the episode in this step.
   */
  'terminated': (Buffer);
  /**
   * One byte a lane: 1 where a limit ended it.
   */
  'truncated': (Buffer);
  /**
   * float32, rows of the lanes that ended and started again in this step (same-step mode), in lane order: those in both ended_lanes and
   * started_lanes.
   */
  'final_observations': (Buffer);
  /**
   * Lanes that failed, in lane order. What such a lane was asked was not done, unless it is in ended_lanes: then it ended, and did not start again.
   */
  'errors': (_nightshift_v1_PlayLaneError__Output)[];
  /**
   * One byte an entry, rows beside final_observations.
   */
  'final_action_masks': (Buffer);
  /**
   * uint32, one a lane: number of its episode, from 1.
   */
  'episodes': (Buffer);
  /**
   * uint32, one a lane: counted actions taken in that episode.
   */
  'steps': (Buffer);
  /**
   * Lanes whose episode ended in this step, in lane order.
   */
  'ended_lanes': (number)[];
  /**
   * What those episodes came to, in that order.
   */
  'results': (_nightshift_v1_EpisodeResult__Output)[];
  /**
   * Lanes whose episode began with this answer, in lane order.
   */
  'started_lanes': (number)[];
  /**
   * uint64, the seeds of those episodes, in that order.
   */
  'started_seeds': (Buffer);
}
