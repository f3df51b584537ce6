// Original file: nightshift/v1/task.proto

/**
 * What an argument of an action is.
 */
export const ArgumentType = {
  /**
   * Never sent.
   */
  ARGUMENT_TYPE_UNSPECIFIED: 'ARGUMENT_TYPE_UNSPECIFIED',
  /**
   * A real number within minimum..maximum.
   */
  ARGUMENT_TYPE_NUMBER: 'ARGUMENT_TYPE_NUMBER',
  /**
   * A whole number within minimum..maximum.
   */
  ARGUMENT_TYPE_INTEGER: 'ARGUMENT_TYPE_INTEGER',
  /**
   * True or false.
   */
  ARGUMENT_TYPE_BOOLEAN: 'ARGUMENT_TYPE_BOOLEAN',
  /**
   * One of `choices`.
   */
  ARGUMENT_TYPE_CHOICE: 'ARGUMENT_TYPE_CHOICE',
  /**
   * One of the names that the episode's observation tells, as the description says; a level is the name's place there, from 0.
   */
  ARGUMENT_TYPE_NAME: 'ARGUMENT_TYPE_NAME',
} as const;

/**
 * What an argument of an action is.
 */
export type ArgumentType =
  /**
   * Never sent.
   */
  | 'ARGUMENT_TYPE_UNSPECIFIED'
  | 0
  /**
   * A real number within minimum..maximum.
   */
  | 'ARGUMENT_TYPE_NUMBER'
  | 1
  /**
   * A whole number within minimum..maximum.
   */
  | 'ARGUMENT_TYPE_INTEGER'
  | 2
  /**
   * True or false.
   */
  | 'ARGUMENT_TYPE_BOOLEAN'
  | 3
  /**
   * One of `choices`.
   */
  | 'ARGUMENT_TYPE_CHOICE'
  | 4
  /**
   * One of the names that the episode's observation tells, as the description says; a level is the name's place there, from 0.
   */
  | 'ARGUMENT_TYPE_NAME'
  | 5

/**
 * What an argument of an action is.
 */
export type ArgumentType__Output = typeof ArgumentType[keyof typeof ArgumentType]
