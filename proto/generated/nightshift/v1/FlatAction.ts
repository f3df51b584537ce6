// Original file: nightshift/v1/episode.proto


/**
 * An action by numbers, for learners with a MultiDiscrete action space. It has no room for errors: an action that the observation's mask
 * rules out, or whose arguments contradict each other, counts as the environment's waiting action (get_training_status or wait).
 */
export interface FlatAction {
  /**
   * First the index of the action in Task.actions, then for every argument of every action, in the order of Task.actions, the index of
   * its level. Levels of other actions' arguments are not looked at, but must be in range.
   */
  'levels'?: (number)[];
}

/**
 * An action by numbers, for learners with a MultiDiscrete action space. It has no room for errors: an action that the observation's mask
 * rules out, or whose arguments contradict each other, counts as the environment's waiting action (get_training_status or wait).
 */
export interface FlatAction__Output {
  /**
   * First the index of the action in Task.actions, then for every argument of every action, in the order of Task.actions, the index of
   * its level. Levels of other actions' arguments are not looked at, but must be in range.
   */
  'levels': (number)[];
}
