// Original file: nightshift/v1/sre.proto


/**
 * Lets one step pass.
 */
export interface Wait {
}

/**
 * Lets one step pass.
 */
export interface Wait__Output {
}
