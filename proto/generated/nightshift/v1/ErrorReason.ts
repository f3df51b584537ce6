// Original file: nightshift/v1/errors.proto

/**
 * Why a call failed. Every error of the service carries a google.rpc.ErrorInfo in its status details whose `domain` is "nightshift" and
 * whose `reason` is the name of one of these values without the prefix (for example "SESSION_BUSY"). The gRPC code beside each value is
 * the code that it always comes with. Errors at a field also carry google.rpc.BadRequest; errors worth repeating carry google.rpc.RetryInfo.
 */
export const ErrorReason = {
  /**
   * Never sent.
   */
  ERROR_REASON_UNSPECIFIED: 'ERROR_REASON_UNSPECIFIED',
  /**
   * INVALID_ARGUMENT: a field is missing, malformed or out of its range. BadRequest names each field and what is allowed; it is absent where
   * the bytes are no message at all. Nothing changed.
   */
  ERROR_REASON_INVALID_FIELD: 'ERROR_REASON_INVALID_FIELD',
  /**
   * INVALID_ARGUMENT: no task has this id. The message lists the ids there are.
   */
  ERROR_REASON_UNKNOWN_TASK: 'ERROR_REASON_UNKNOWN_TASK',
  /**
   * INVALID_ARGUMENT: the action belongs to another environment, or no action was given.
   */
  ERROR_REASON_WRONG_ACTION: 'ERROR_REASON_WRONG_ACTION',
  /**
   * INVALID_ARGUMENT: this request number, or this idempotency key, was used before with other contents.
   */
  ERROR_REASON_REQUEST_MISMATCH: 'ERROR_REASON_REQUEST_MISMATCH',
  /**
   * FAILED_PRECONDITION: request numbers rise within a session, and this one is not above one already taken: it is lower, or its step was cut
   * off and then given up for another action.
   */
  ERROR_REASON_REQUEST_NUMBER_PASSED: 'ERROR_REASON_REQUEST_NUMBER_PASSED',
  /**
   * FAILED_PRECONDITION: the action is well formed and cannot be taken in this state. Nothing changed and nothing was charged.
   */
  ERROR_REASON_ACTION_NOT_POSSIBLE: 'ERROR_REASON_ACTION_NOT_POSSIBLE',
  /**
   * FAILED_PRECONDITION: the episode has ended. Reset starts the next one; Finish gives the result again.
   */
  ERROR_REASON_EPISODE_ENDED: 'ERROR_REASON_EPISODE_ENDED',
  /**
   * FAILED_PRECONDITION: the session was closed, or its lease ran out. Its last result can be read with GetSession for an hour.
   */
  ERROR_REASON_SESSION_ENDED: 'ERROR_REASON_SESSION_ENDED',
  /**
   * NOT_FOUND: the server does not know this session id. It was never given out, or the server was restarted since.
   */
  ERROR_REASON_SESSION_LOST: 'ERROR_REASON_SESSION_LOST',
  /**
   * NOT_FOUND: the session ended more than an hour ago, so its result is no longer kept.
   */
  ERROR_REASON_RESULT_EXPIRED: 'ERROR_REASON_RESULT_EXPIRED',
  /**
   * ABORTED: another action of this session is running; one action at a time. Repeat after RetryInfo.retry_delay.
   */
  ERROR_REASON_SESSION_BUSY: 'ERROR_REASON_SESSION_BUSY',
  /**
   * RESOURCE_EXHAUSTED: as many sessions as the server holds are open. Repeat after RetryInfo.retry_delay.
   */
  ERROR_REASON_TOO_MANY_SESSIONS: 'ERROR_REASON_TOO_MANY_SESSIONS',
  /**
   * RESOURCE_EXHAUSTED: as many actions as the server queues are waiting for a worker. Nothing changed. Repeat after RetryInfo.retry_delay.
   */
  ERROR_REASON_QUEUE_FULL: 'ERROR_REASON_QUEUE_FULL',
  /**
   * RESOURCE_EXHAUSTED: too many streams of this kind are open.
   */
  ERROR_REASON_TOO_MANY_STREAMS: 'ERROR_REASON_TOO_MANY_STREAMS',
  /**
   * OUT_OF_RANGE: the watch offset lies before the oldest kept event. ErrorInfo.metadata["oldest_offset"] is where to go on.
   */
  ERROR_REASON_EVENTS_DROPPED: 'ERROR_REASON_EVENTS_DROPPED',
  /**
   * CANCELLED: the caller cancelled, or its deadline passed, or its connection was lost. Whole epochs are kept.
   */
  ERROR_REASON_CALL_CANCELLED: 'ERROR_REASON_CALL_CANCELLED',
  /**
   * UNAVAILABLE: a worker thread ended in the middle of an epoch, or none could start. The session goes on from its last whole epoch; repeat
   * the call under the same request number.
   */
  ERROR_REASON_WORKER_LOST: 'ERROR_REASON_WORKER_LOST',
  /**
   * UNAVAILABLE: the server is shutting down and takes no new work.
   */
  ERROR_REASON_SERVER_DRAINING: 'ERROR_REASON_SERVER_DRAINING',
  /**
   * FAILED_PRECONDITION: a data set that the task needs cannot be read. The message says which file and what is wrong.
   */
  ERROR_REASON_DATA_UNAVAILABLE: 'ERROR_REASON_DATA_UNAVAILABLE',
  /**
   * UNIMPLEMENTED: the contract names this call and this server does not have it yet. The message says what to use meanwhile.
   */
  ERROR_REASON_NOT_YET_IMPLEMENTED: 'ERROR_REASON_NOT_YET_IMPLEMENTED',
  /**
   * INTERNAL: a defect of the server. The cause is in its log under ErrorInfo.metadata["incident"].
   */
  ERROR_REASON_INTERNAL: 'ERROR_REASON_INTERNAL',
  /**
   * PERMISSION_DENIED: the operator's token is missing or wrong.
   */
  ERROR_REASON_OPERATOR_ONLY: 'ERROR_REASON_OPERATOR_ONLY',
  /**
   * RESOURCE_EXHAUSTED: the server has no memory for this. Nothing changed. Repeat after RetryInfo.retry_delay.
   */
  ERROR_REASON_OUT_OF_MEMORY: 'ERROR_REASON_OUT_OF_MEMORY',
  /**
   * UNIMPLEMENTED: the server was started without an operator's token, so that it does not serve the operator's calls.
   */
  ERROR_REASON_OPERATOR_OFF: 'ERROR_REASON_OPERATOR_OFF',
} as const;

/**
 * Why a call failed. Every error of the service carries a google.rpc.ErrorInfo in its status details whose `domain` is "nightshift" and
 * whose `reason` is the name of one of these values without the prefix (for example "SESSION_BUSY"). The gRPC code beside each value is
 * the code that it always comes with. Errors at a field also carry google.rpc.BadRequest; errors worth repeating carry google.rpc.RetryInfo.
 */
export type ErrorReason =
  /**
   * Never sent.
   */
  | 'ERROR_REASON_UNSPECIFIED'
  | 0
  /**
   * INVALID_ARGUMENT: a field is missing, malformed or out of its range. BadRequest names each field and what is allowed; it is absent where
   * the bytes are no message at all. Nothing changed.
   */
  | 'ERROR_REASON_INVALID_FIELD'
  | 1
  /**
   * INVALID_ARGUMENT: no task has this id. The message lists the ids there are.
   */
  | 'ERROR_REASON_UNKNOWN_TASK'
  | 2
  /**
   * INVALID_ARGUMENT: the action belongs to another environment, or no action was given.
   */
  | 'ERROR_REASON_WRONG_ACTION'
  | 3
  /**
   * INVALID_ARGUMENT: this request number, or this idempotency key, was used before with other contents.
   */
  | 'ERROR_REASON_REQUEST_MISMATCH'
  | 4
  /**
   * FAILED_PRECONDITION: request numbers rise within a session, and this one is not above one already taken: it is lower, or its step was cut
   * off and then given up for another action.
   */
  | 'ERROR_REASON_REQUEST_NUMBER_PASSED'
  | 5
  /**
   * FAILED_PRECONDITION: the action is well formed and cannot be taken in this state. Nothing changed and nothing was charged.
   */
  | 'ERROR_REASON_ACTION_NOT_POSSIBLE'
  | 6
  /**
   * FAILED_PRECONDITION: the episode has ended. Reset starts the next one; Finish gives the result again.
   */
  | 'ERROR_REASON_EPISODE_ENDED'
  | 7
  /**
   * FAILED_PRECONDITION: the session was closed, or its lease ran out. Its last result can be read with GetSession for an hour.
   */
  | 'ERROR_REASON_SESSION_ENDED'
  | 8
  /**
   * NOT_FOUND: the server does not know this session id. It was never given out, or the server was restarted since.
   */
  | 'ERROR_REASON_SESSION_LOST'
  | 9
  /**
   * NOT_FOUND: the session ended more than an hour ago, so its result is no longer kept.
   */
  | 'ERROR_REASON_RESULT_EXPIRED'
  | 10
  /**
   * ABORTED: another action of this session is running; one action at a time. Repeat after RetryInfo.retry_delay.
   */
  | 'ERROR_REASON_SESSION_BUSY'
  | 11
  /**
   * RESOURCE_EXHAUSTED: as many sessions as the server holds are open. Repeat after RetryInfo.retry_delay.
   */
  | 'ERROR_REASON_TOO_MANY_SESSIONS'
  | 12
  /**
   * RESOURCE_EXHAUSTED: as many actions as the server queues are waiting for a worker. Nothing changed. Repeat after RetryInfo.retry_delay.
   */
  | 'ERROR_REASON_QUEUE_FULL'
  | 13
  /**
   * RESOURCE_EXHAUSTED: too many streams of this kind are open.
   */
  | 'ERROR_REASON_TOO_MANY_STREAMS'
  | 14
  /**
   * OUT_OF_RANGE: the watch offset lies before the oldest kept event. ErrorInfo.metadata["oldest_offset"] is where to go on.
   */
  | 'ERROR_REASON_EVENTS_DROPPED'
  | 15
  /**
   * CANCELLED: the caller cancelled, or its deadline passed, or its connection was lost. Whole epochs are kept.
   */
  | 'ERROR_REASON_CALL_CANCELLED'
  | 16
  /**
   * UNAVAILABLE: a worker thread ended in the middle of an epoch, or none could start. The session goes on from its last whole epoch; repeat
   * the call under the same request number.
   */
  | 'ERROR_REASON_WORKER_LOST'
  | 17
  /**
   * UNAVAILABLE: the server is shutting down and takes no new work.
   */
  | 'ERROR_REASON_SERVER_DRAINING'
  | 18
  /**
   * FAILED_PRECONDITION: a data set that the task needs cannot be read. The message says which file and what is wrong.
   */
  | 'ERROR_REASON_DATA_UNAVAILABLE'
  | 19
  /**
   * UNIMPLEMENTED: the contract names this call and this server does not have it yet. The message says what to use meanwhile.
   */
  | 'ERROR_REASON_NOT_YET_IMPLEMENTED'
  | 20
  /**
   * INTERNAL: a defect of the server. The cause is in its log under ErrorInfo.metadata["incident"].
   */
  | 'ERROR_REASON_INTERNAL'
  | 21
  /**
   * PERMISSION_DENIED: the operator's token is missing or wrong.
   */
  | 'ERROR_REASON_OPERATOR_ONLY'
  | 22
  /**
   * RESOURCE_EXHAUSTED: the server has no memory for this. Nothing changed. Repeat after RetryInfo.retry_delay.
   */
  | 'ERROR_REASON_OUT_OF_MEMORY'
  | 23
  /**
   * UNIMPLEMENTED: the server was started without an operator's token, so that it does not serve the operator's calls.
   */
  | 'ERROR_REASON_OPERATOR_OFF'
  | 24

/**
 * Why a call failed. Every error of the service carries a google.rpc.ErrorInfo in its status details whose `domain` is "nightshift" and
 * whose `reason` is the name of one of these values without the prefix (for example "SESSION_BUSY"). The gRPC code beside each value is
 * the code that it always comes with. Errors at a field also carry google.rpc.BadRequest; errors worth repeating carry google.rpc.RetryInfo.
 */
export type ErrorReason__Output = typeof ErrorReason[keyof typeof ErrorReason]
