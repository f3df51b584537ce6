// Original file: nightshift/v1/session.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { EpisodeStarted as _nightshift_v1_EpisodeStarted, EpisodeStarted__Output as _nightshift_v1_EpisodeStarted__Output } from '../../nightshift/v1/EpisodeStarted.js';
import type { ActionStarted as _nightshift_v1_ActionStarted, ActionStarted__Output as _nightshift_v1_ActionStarted__Output } from '../../nightshift/v1/ActionStarted.js';
import type { Progress as _nightshift_v1_Progress, Progress__Output as _nightshift_v1_Progress__Output } from '../../nightshift/v1/Progress.js';
import type { ActionCompleted as _nightshift_v1_ActionCompleted, ActionCompleted__Output as _nightshift_v1_ActionCompleted__Output } from '../../nightshift/v1/ActionCompleted.js';
import type { ActionInterrupted as _nightshift_v1_ActionInterrupted, ActionInterrupted__Output as _nightshift_v1_ActionInterrupted__Output } from '../../nightshift/v1/ActionInterrupted.js';
import type { EpisodeEnded as _nightshift_v1_EpisodeEnded, EpisodeEnded__Output as _nightshift_v1_EpisodeEnded__Output } from '../../nightshift/v1/EpisodeEnded.js';
import type { SessionEnded as _nightshift_v1_SessionEnded, SessionEnded__Output as _nightshift_v1_SessionEnded__Output } from '../../nightshift/v1/SessionEnded.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Something that happened in a session. Offsets count from 0 and run on over episodes; the last 10,000 events are kept. Training's of
 * more than eight episodes ago have no observations. Those of sre are played again for whoever reads, in the views that the session has now, as far as
 * the episode's start is still kept.
 */
export interface SessionEvent {
  /**
   * Its place.
   */
  'offset'?: (number | string | Long);
  /**
   * Its episode.
   */
  'episode'?: (number);
  /**
   * When it happened.
   */
  'time'?: (_google_protobuf_Timestamp | null);
  /**
   * An episode began.
   */
  'episode_started'?: (_nightshift_v1_EpisodeStarted | null);
  /**
   * An action was accepted.
   */
  'action_started'?: (_nightshift_v1_ActionStarted | null);
  /**
   * A running action made progress.
   */
  'progress'?: (_nightshift_v1_Progress | null);
  /**
   * An action is done.
   */
  'action_completed'?: (_nightshift_v1_ActionCompleted | null);
  /**
   * An action was cut off.
   */
  'action_interrupted'?: (_nightshift_v1_ActionInterrupted | null);
  /**
   * The episode ended.
   */
  'episode_ended'?: (_nightshift_v1_EpisodeEnded | null);
  /**
   * The session ended.
   */
  'session_ended'?: (_nightshift_v1_SessionEnded | null);
  /**
   * What happened.
   */
  'event'?: "episode_started"|"action_started"|"progress"|"action_completed"|"action_interrupted"|"episode_ended"|"session_ended";
}

/**
 * Something that happened in a session. Offsets count from 0 and run on over episodes; the last 10,000 events are kept. Training's of
 * more than eight episodes ago have no observations. Those of sre are played again for whoever reads, in the views that the session has now, as far as
 * the episode's start is still kept.
 */
export interface SessionEvent__Output {
  /**
   * Its place.
   */
  'offset': (string);
  /**
   * Its episode.
   */
  'episode': (number);
  /**
   * When it happened.
   */
  'time': (_google_protobuf_Timestamp__Output | null);
  /**
   * An episode began.
   */
  'episode_started'?: (_nightshift_v1_EpisodeStarted__Output | null);
  /**
   * An action was accepted.
   */
  'action_started'?: (_nightshift_v1_ActionStarted__Output | null);
  /**
   * A running action made progress.
   */
  'progress'?: (_nightshift_v1_Progress__Output | null);
  /**
   * An action is done.
   */
  'action_completed'?: (_nightshift_v1_ActionCompleted__Output | null);
  /**
   * An action was cut off.
   */
  'action_interrupted'?: (_nightshift_v1_ActionInterrupted__Output | null);
  /**
   * The episode ended.
   */
  'episode_ended'?: (_nightshift_v1_EpisodeEnded__Output | null);
  /**
   * The session ended.
   */
  'session_ended'?: (_nightshift_v1_SessionEnded__Output | null);
  /**
   * What happened.
   */
  'event'?: "episode_started"|"action_started"|"progress"|"action_completed"|"action_interrupted"|"episode_ended"|"session_ended";
}
