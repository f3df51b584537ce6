// Original file: nightshift/v1/task.proto


/**
 * A named column of a flat observation.
 */
export interface ColumnSpec {
  /**
   * Name.
   */
  'name'?: (string);
  /**
   * Least value, inclusive.
   */
  'minimum'?: (number | string);
  /**
   * Greatest value, inclusive.
   */
  'maximum'?: (number | string);
  /**
   * Meaning, unit, and what stands there while it is not known.
   */
  'description'?: (string);
}

/**
 * A named column of a flat observation.
 */
export interface ColumnSpec__Output {
  /**
   * Name.
   */
  'name': (string);
  /**
   * Least value, inclusive.
   */
  'minimum': (number);
  /**
   * Greatest value, inclusive.
   */
  'maximum': (number);
  /**
   * Meaning, unit, and what stands there while it is not known.
   */
  'description': (string);
}
