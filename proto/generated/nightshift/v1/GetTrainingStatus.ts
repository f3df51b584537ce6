// Original file: nightshift/v1/training.proto


/**
 * Free: answers with the last whole epoch at any moment, also while an action runs; changes nothing, pays nothing, is not recorded.
 */
export interface GetTrainingStatus {
}

/**
 * Free: answers with the last whole epoch at any moment, also while an action runs; changes nothing, pays nothing, is not recorded.
 */
export interface GetTrainingStatus__Output {
}
