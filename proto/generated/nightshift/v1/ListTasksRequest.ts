// Original file: nightshift/v1/env_service.proto


/**
 * Which tasks to list.
 */
export interface ListTasksRequest {
  /**
   * "training" or "sre"; empty for all.
   */
  'environment'?: (string);
}

/**
 * Which tasks to list.
 */
export interface ListTasksRequest__Output {
  /**
   * "training" or "sre"; empty for all.
   */
  'environment': (string);
}
