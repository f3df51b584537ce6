// Original file: nightshift/v1/task.proto

import type { ActionSpec as _nightshift_v1_ActionSpec, ActionSpec__Output as _nightshift_v1_ActionSpec__Output } from '../../nightshift/v1/ActionSpec.js';
import type { FieldSpec as _nightshift_v1_FieldSpec, FieldSpec__Output as _nightshift_v1_FieldSpec__Output } from '../../nightshift/v1/FieldSpec.js';
import type { ColumnSpec as _nightshift_v1_ColumnSpec, ColumnSpec__Output as _nightshift_v1_ColumnSpec__Output } from '../../nightshift/v1/ColumnSpec.js';
import type { Split as _nightshift_v1_Split, Split__Output as _nightshift_v1_Split__Output } from '../../nightshift/v1/Split.js';
import type { RewardMode as _nightshift_v1_RewardMode, RewardMode__Output as _nightshift_v1_RewardMode__Output } from '../../nightshift/v1/RewardMode.js';
import type { ReferenceScore as _nightshift_v1_ReferenceScore, ReferenceScore__Output as _nightshift_v1_ReferenceScore__Output } from '../../nightshift/v1/ReferenceScore.js';

/**
 * A named, graded problem.
 */
export interface Task {
  /**
   * "environment/task", for example "training/easy_mnist".
   */
  'id'?: (string);
  /**
   * Raised by any change that changes a byte of an observation or score; it is a part of the key of every episode.
   */
  'version'?: (number);
  /**
   * "training" or "sre".
   */
  'environment'?: (string);
  /**
   * What it is, in a sentence or two.
   */
  'description'?: (string);
  /**
   * What the agent is told to reach.
   */
  'goal'?: (string);
  /**
   * "easy", "medium" or "hard".
   */
  'difficulty'?: (string);
  /**
   * Actions, in the order of the flat form's first column.
   */
  'actions'?: (_nightshift_v1_ActionSpec)[];
  /**
   * Fields of the typed observation.
   */
  'observation_fields'?: (_nightshift_v1_FieldSpec)[];
  /**
   * Columns of the flat observation.
   */
  'observation_columns'?: (_nightshift_v1_ColumnSpec)[];
  /**
   * Splits it has.
   */
  'splits'?: (_nightshift_v1_Split)[];
  /**
   * Counted actions after which an episode is truncated.
   */
  'max_actions'?: (number);
  /**
   * Refused and free calls after which the next one truncates the episode.
   */
  'max_free_calls'?: (number);
  /**
   * Epochs (training) or steps (sre) that an episode may spend.
   */
  'budget'?: (number);
  /**
   * Least reward of a step, inclusive.
   */
  'reward_minimum'?: (number | string);
  /**
   * Greatest reward of a step, inclusive.
   */
  'reward_maximum'?: (number | string);
  /**
   * Reward modes it has.
   */
  'reward_modes'?: (_nightshift_v1_RewardMode)[];
  /**
   * The mode of a session that asks for none.
   */
  'default_reward_mode'?: (_nightshift_v1_RewardMode);
  /**
   * Known scores.
   */
  'reference_scores'?: (_nightshift_v1_ReferenceScore)[];
}

/**
 * A named, graded problem.
 */
export interface Task__Output {
  /**
   * "environment/task", for example "training/easy_mnist".
   */
  'id': (string);
  /**
   * Raised by any change that changes a byte of an observation or score; it is a part of the key of every episode.
   */
  'version': (number);
  /**
   * "training" or "sre".
   */
  'environment': (string);
  /**
   * What it is, in a sentence or two.
   */
  'description': (string);
  /**
   * What the agent is told to reach.
   */
  'goal': (string);
  /**
   * "easy", "medium" or "hard".
   */
  'difficulty': (string);
  /**
   * Actions, in the order of the flat form's first column.
   */
  'actions': (_nightshift_v1_ActionSpec__Output)[];
  /**
   * Fields of the typed observation.
   */
  'observation_fields': (_nightshift_v1_FieldSpec__Output)[];
  /**
   * Columns of the flat observation.
   */
  'observation_columns': (_nightshift_v1_ColumnSpec__Output)[];
  /**
   * Splits it has.
   */
  'splits': (_nightshift_v1_Split__Output)[];
  /**
   * Counted actions after which an episode is truncated.
   */
  'max_actions': (number);
  /**
   * Refused and free calls after which the next one truncates the episode.
   */
  'max_free_calls': (number);
  /**
   * Epochs (training) or steps (sre) that an episode may spend.
   */
  'budget': (number);
  /**
   * Least reward of a step, inclusive.
   */
  'reward_minimum': (number);
  /**
   * Greatest reward of a step, inclusive.
   */
  'reward_maximum': (number);
  /**
   * Reward modes it has.
   */
  'reward_modes': (_nightshift_v1_RewardMode__Output)[];
  /**
   * The mode of a session that asks for none.
   */
  'default_reward_mode': (_nightshift_v1_RewardMode__Output);
  /**
   * Known scores.
   */
  'reference_scores': (_nightshift_v1_ReferenceScore__Output)[];
}
