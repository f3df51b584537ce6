// Original file: nightshift/v1/operator_service.proto


/**
 * Draining.
 */
export interface DrainResponse {
}

/**
 * Draining.
 */
export interface DrainResponse__Output {
}
