// Original file: nightshift/v1/operator_service.proto


/**
 * Nothing to say.
 */
export interface DrainRequest {
}

/**
 * Nothing to say.
 */
export interface DrainRequest__Output {
}
