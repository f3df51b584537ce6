// Original file: nightshift/v1/task.proto

import type { ArgumentType as _nightshift_v1_ArgumentType, ArgumentType__Output as _nightshift_v1_ArgumentType__Output } from '../../nightshift/v1/ArgumentType.js';
import type { FlatLevel as _nightshift_v1_FlatLevel, FlatLevel__Output as _nightshift_v1_FlatLevel__Output } from '../../nightshift/v1/FlatLevel.js';

/**
 * An argument of an action.
 */
export interface ArgumentSpec {
  /**
   * Field name; nested fields are written with a dot ("stop.patience_epochs").
   */
  'name'?: (string);
  /**
   * For people and language models.
   */
  'description'?: (string);
  /**
   * Its type.
   */
  'type'?: (_nightshift_v1_ArgumentType);
  /**
   * Whether it must be given.
   */
  'required'?: (boolean);
  /**
   * Least value, inclusive.
   */
  'minimum'?: (number | string);
  /**
   * Greatest value, inclusive.
   */
  'maximum'?: (number | string);
  /**
   * The names to choose from (in flat forms), each with its enum value's name in the contract after the prefix, in lower case.
   */
  'choices'?: (string)[];
  /**
   * What holds when it is left out, in words; empty when required.
   */
  'default_value'?: (string);
  /**
   * What the column of a flat action chooses from; level 0 of an optional argument leaves it unchanged.
   */
  'levels'?: (_nightshift_v1_FlatLevel)[];
  '_minimum'?: "minimum";
  '_maximum'?: "maximum";
}

/**
 * An argument of an action.
 */
export interface ArgumentSpec__Output {
  /**
   * Field name; nested fields are written with a dot ("stop.patience_epochs").
   */
  'name': (string);
  /**
   * For people and language models.
   */
  'description': (string);
  /**
   * Its type.
   */
  'type': (_nightshift_v1_ArgumentType__Output);
  /**
   * Whether it must be given.
   */
  'required': (boolean);
  /**
   * Least value, inclusive.
   */
  'minimum'?: (number);
  /**
   * Greatest value, inclusive.
   */
  'maximum'?: (number);
  /**
   * The names to choose from (in flat forms), each with its enum value's name in the contract after the prefix, in lower case.
   */
  'choices': (string)[];
  /**
   * What holds when it is left out, in words; empty when required.
   */
  'default_value': (string);
  /**
   * What the column of a flat action chooses from; level 0 of an optional argument leaves it unchanged.
   */
  'levels': (_nightshift_v1_FlatLevel__Output)[];
  '_minimum'?: "minimum";
  '_maximum'?: "maximum";
}
