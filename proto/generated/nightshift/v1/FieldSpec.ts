// Original file: nightshift/v1/task.proto


/**
 * A field of the typed observation.
 */
export interface FieldSpec {
  /**
   * Name in the environment's observation message.
   */
  'name'?: (string);
  /**
   * "uint32", "double", "string", "enum NAME", "message NAME"; "repeated " before it for lists.
   */
  'type'?: (string);
  /**
   * Meaning and unit.
   */
  'description'?: (string);
  /**
   * Least value, inclusive, where it has one.
   */
  'minimum'?: (number | string);
  /**
   * Greatest value, inclusive, where it has one.
   */
  'maximum'?: (number | string);
  '_minimum'?: "minimum";
  '_maximum'?: "maximum";
}

/**
 * A field of the typed observation.
 */
export interface FieldSpec__Output {
  /**
   * Name in the environment's observation message.
   */
  'name': (string);
  /**
   * "uint32", "double", "string", "enum NAME", "message NAME"; "repeated " before it for lists.
   */
  'type': (string);
  /**
   * Meaning and unit.
   */
  'description': (string);
  /**
   * Least value, inclusive, where it has one.
   */
  'minimum'?: (number);
  /**
   * Greatest value, inclusive, where it has one.
   */
  'maximum'?: (number);
  '_minimum'?: "minimum";
  '_maximum'?: "maximum";
}
