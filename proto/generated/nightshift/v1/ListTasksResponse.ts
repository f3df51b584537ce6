// Original file: nightshift/v1/env_service.proto

import type { Task as _nightshift_v1_Task, Task__Output as _nightshift_v1_Task__Output } from '../../nightshift/v1/Task.js';

/**
 * The tasks.
 */
export interface ListTasksResponse {
  /**
   * In a fixed order.
   */
  'tasks'?: (_nightshift_v1_Task)[];
}

/**
 * The tasks.
 */
export interface ListTasksResponse__Output {
  /**
   * In a fixed order.
   */
  'tasks': (_nightshift_v1_Task__Output)[];
}
