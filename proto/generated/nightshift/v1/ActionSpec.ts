// Original file: nightshift/v1/task.proto

import type { ArgumentSpec as _nightshift_v1_ArgumentSpec, ArgumentSpec__Output as _nightshift_v1_ArgumentSpec__Output } from '../../nightshift/v1/ArgumentSpec.js';

/**
 * An action of an environment, as a function that a language model can call.
 */
export interface ActionSpec {
  /**
   * Name of the field in Action, which is the name of the tool.
   */
  'name'?: (string);
  /**
   * For people and language models.
   */
  'description'?: (string);
  /**
   * Arguments.
   */
  'arguments'?: (_nightshift_v1_ArgumentSpec)[];
  /**
   * Whether it takes no number, changes nothing and is not counted as a step.
   */
  'free'?: (boolean);
}

/**
 * An action of an environment, as a function that a language model can call.
 */
export interface ActionSpec__Output {
  /**
   * Name of the field in Action, which is the name of the tool.
   */
  'name': (string);
  /**
   * For people and language models.
   */
  'description': (string);
  /**
   * Arguments.
   */
  'arguments': (_nightshift_v1_ArgumentSpec__Output)[];
  /**
   * Whether it takes no number, changes nothing and is not counted as a step.
   */
  'free': (boolean);
}
