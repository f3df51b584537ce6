// Original file: nightshift/v1/task.proto


/**
 * One value that a column of a flat action can choose.
 */
export interface FlatLevel {
  /**
   * Its meaning in words, for example "unchanged", "adam" or "0.001".
   */
  'label'?: (string);
  /**
   * A number.
   */
  'number'?: (number | string);
  /**
   * A boolean.
   */
  'boolean'?: (boolean);
  /**
   * A choice, by its name in `choices`.
   */
  'choice'?: (string);
  /**
   * The value; absent for "unchanged", and NaN never.
   */
  'value'?: "number"|"boolean"|"choice";
}

/**
 * One value that a column of a flat action can choose.
 */
export interface FlatLevel__Output {
  /**
   * Its meaning in words, for example "unchanged", "adam" or "0.001".
   */
  'label': (string);
  /**
   * A number.
   */
  'number'?: (number);
  /**
   * A boolean.
   */
  'boolean'?: (boolean);
  /**
   * A choice, by its name in `choices`.
   */
  'choice'?: (string);
  /**
   * The value; absent for "unchanged", and NaN never.
   */
  'value'?: "number"|"boolean"|"choice";
}
