// Original file: nightshift/v1/env_service.proto


/**
 * A step of every lane at once.
 */
export interface PlayBatch {
  /**
   * Flat actions row by row: lanes x columns of Task.actions' flat form.
   */
  'levels'?: (number)[];
}

/**
 * A step of every lane at once.
 */
export interface PlayBatch__Output {
  /**
   * Flat actions row by row: lanes x columns of Task.actions' flat form.
   */
  'levels': (number)[];
}
