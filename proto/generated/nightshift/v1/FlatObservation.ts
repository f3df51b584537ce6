// Original file: nightshift/v1/episode.proto


/**
 * An observation by numbers.
 */
export interface FlatObservation {
  /**
   * float32 in the order of Task.observation_columns.
   */
  'columns'?: (number | string)[];
  /**
   * For each action of Task.actions, whether it is possible now.
   */
  'action_mask'?: (boolean)[];
}

/**
 * An observation by numbers.
 */
export interface FlatObservation__Output {
  /**
   * float32 in the order of Task.observation_columns.
   */
  'columns': (number)[];
  /**
   * For each action of Task.actions, whether it is possible now.
   */
  'action_mask': (boolean)[];
}
