// Original file: nightshift/v1/operator_service.proto


/**
 * What is hidden.
 */
export interface GetHiddenStateResponse {
  /**
   * As JSON; its keys depend on the environment.
   */
  'state_json'?: (string);
}

/**
 * What is hidden.
 */
export interface GetHiddenStateResponse__Output {
  /**
   * As JSON; its keys depend on the environment.
   */
  'state_json': (string);
}
