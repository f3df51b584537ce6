// Original file: nightshift/v1/env_service.proto


/**
 * Closed.
 */
export interface CloseSessionResponse {
}

/**
 * Closed.
 */
export interface CloseSessionResponse__Output {
}
