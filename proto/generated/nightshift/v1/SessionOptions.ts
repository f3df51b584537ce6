// Original file: nightshift/v1/session.proto

import type { RewardMode as _nightshift_v1_RewardMode, RewardMode__Output as _nightshift_v1_RewardMode__Output } from '../../nightshift/v1/RewardMode.js';
import type { View as _nightshift_v1_View, View__Output as _nightshift_v1_View__Output } from '../../nightshift/v1/View.js';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

/**
 * What a session was asked for.
 */
export interface SessionOptions {
  /**
   * What step rewards are. Default: the task's.
   */
  'reward_mode'?: (_nightshift_v1_RewardMode);
  /**
   * In which forms observations come, each at most once. Default: VIEW_TYPED.
   */
  'views'?: (_nightshift_v1_View)[];
  /**
   * How long the session may be left alone, 10 s to 24 h. Default: the server's (600 s unless configured). Every call but get, list and
   * watch renews it; a running step holds it.
   */
  'lease'?: (_google_protobuf_Duration | null);
  '_lease'?: "lease";
}

/**
 * What a session was asked for.
 */
export interface SessionOptions__Output {
  /**
   * What step rewards are. Default: the task's.
   */
  'reward_mode': (_nightshift_v1_RewardMode__Output);
  /**
   * In which forms observations come, each at most once. Default: VIEW_TYPED.
   */
  'views': (_nightshift_v1_View__Output)[];
  /**
   * How long the session may be left alone, 10 s to 24 h. Default: the server's (600 s unless configured). Every call but get, list and
   * watch renews it; a running step holds it.
   */
  'lease'?: (_google_protobuf_Duration__Output | null);
  '_lease'?: "lease";
}
