// Original file: nightshift/v1/session.proto

import type { Split as _nightshift_v1_Split, Split__Output as _nightshift_v1_Split__Output } from '../../nightshift/v1/Split.js';
import type { SessionState as _nightshift_v1_SessionState, SessionState__Output as _nightshift_v1_SessionState__Output } from '../../nightshift/v1/SessionState.js';
import type { SessionOptions as _nightshift_v1_SessionOptions, SessionOptions__Output as _nightshift_v1_SessionOptions__Output } from '../../nightshift/v1/SessionOptions.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from '../../nightshift/v1/EpisodeResult.js';
import type { Long } from '@grpc/proto-loader';

/**
 * A client's hold on an environment: one episode at a time, many in a row. Whoever knows the id may use it.
 */
export interface Session {
  /**
   * 128 random bits in hexadecimal.
   */
  'session_id'?: (string);
  /**
   * Task of the current episode.
   */
  'task_id'?: (string);
  /**
   * Its version.
   */
  'task_version'?: (number);
  /**
   * Split of the current episode.
   */
  'split'?: (_nightshift_v1_Split);
  /**
   * Seed of the current episode, also where the server drew it.
   */
  'seed'?: (number | string | Long);
  /**
   * Number of the current episode, from 1.
   */
  'episode'?: (number);
  /**
   * Counted actions taken in it.
   */
  'step'?: (number);
  /**
   * State.
   */
  'state'?: (_nightshift_v1_SessionState);
  /**
   * Options, with every default filled in.
   */
  'options'?: (_nightshift_v1_SessionOptions | null);
  /**
   * When it was created.
   */
  'create_time'?: (_google_protobuf_Timestamp | null);
  /**
   * When its lease runs out unless renewed; absent while a step holds it and after the end.
   */
  'lease_expire_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Last request number taken; absent before the first.
   */
  'last_request_number'?: (number | string | Long);
  /**
   * Offset that the next event will have.
   */
  'next_event_offset'?: (number | string | Long);
  /**
   * Result of the current or last episode, once it has ended.
   */
  'result'?: (_nightshift_v1_EpisodeResult | null);
  '_lease_expire_time'?: "lease_expire_time";
  '_last_request_number'?: "last_request_number";
  '_result'?: "result";
}

/**
 * A client's hold on an environment: one episode at a time, many in a row. Whoever knows the id may use it.
 */
export interface Session__Output {
  /**
   * 128 random bits in hexadecimal.
   */
  'session_id': (string);
  /**
   * Task of the current episode.
   */
  'task_id': (string);
  /**
   * Its version.
   */
  'task_version': (number);
  /**
   * Split of the current episode.
   */
  'split': (_nightshift_v1_Split__Output);
  /**
   * Seed of the current episode, also where the server drew it.
   */
  'seed': (string);
  /**
   * Number of the current episode, from 1.
   */
  'episode': (number);
  /**
   * Counted actions taken in it.
   */
  'step': (number);
  /**
   * State.
   */
  'state': (_nightshift_v1_SessionState__Output);
  /**
   * Options, with every default filled in.
   */
  'options': (_nightshift_v1_SessionOptions__Output | null);
  /**
   * When it was created.
   */
  'create_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * When its lease runs out unless renewed; absent while a step holds it and after the end.
   */
  'lease_expire_time'?: (_google_protobuf_Timestamp__Output | null);
  /**
   * Last request number taken; absent before the first.
   */
  'last_request_number'?: (string);
  /**
   * Offset that the next event will have.
   */
  'next_event_offset': (string);
  /**
   * Result of the current or last episode, once it has ended.
   */
  'result'?: (_nightshift_v1_EpisodeResult__Output | null);
  '_lease_expire_time'?: "lease_expire_time";
  '_last_request_number'?: "last_request_number";
  '_result'?: "result";
}
