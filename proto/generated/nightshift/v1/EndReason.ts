// Original file: nightshift/v1/episode.proto

/**
 * Why an episode ended.
 */
export const EndReason = {
  /**
   * Never sent.
   */
  END_REASON_UNSPECIFIED: 'END_REASON_UNSPECIFIED',
  /**
   * terminated: the agent submitted.
   */
  END_REASON_SUBMITTED: 'END_REASON_SUBMITTED',
  /**
   * terminated: the last step was taken.
   */
  END_REASON_LAST_STEP: 'END_REASON_LAST_STEP',
  /**
   * truncated: the limit of actions was reached.
   */
  END_REASON_ACTION_LIMIT: 'END_REASON_ACTION_LIMIT',
  /**
   * truncated: the limit of refused and free calls was passed.
   */
  END_REASON_FREE_CALL_LIMIT: 'END_REASON_FREE_CALL_LIMIT',
  /**
   * truncated: Finish was called.
   */
  END_REASON_FINISHED: 'END_REASON_FINISHED',
  /**
   * truncated: the lease ran out.
   */
  END_REASON_LEASE_EXPIRED: 'END_REASON_LEASE_EXPIRED',
  /**
   * truncated: the session was closed or reset in the middle of the episode; it was not graded.
   */
  END_REASON_ABANDONED: 'END_REASON_ABANDONED',
} as const;

/**
 * Why an episode ended.
 */
export type EndReason =
  /**
   * Never sent.
   */
  | 'END_REASON_UNSPECIFIED'
  | 0
  /**
   * terminated: the agent submitted.
   */
  | 'END_REASON_SUBMITTED'
  | 1
  /**
   * terminated: the last step was taken.
   */
  | 'END_REASON_LAST_STEP'
  | 2
  /**
   * truncated: the limit of actions was reached.
   */
  | 'END_REASON_ACTION_LIMIT'
  | 3
  /**
   * truncated: the limit of refused and free calls was passed.
   */
  | 'END_REASON_FREE_CALL_LIMIT'
  | 4
  /**
   * truncated: Finish was called.
   */
  | 'END_REASON_FINISHED'
  | 5
  /**
   * truncated: the lease ran out.
   */
  | 'END_REASON_LEASE_EXPIRED'
  | 6
  /**
   * truncated: the session was closed or reset in the middle of the episode; it was not graded.
   */
  | 'END_REASON_ABANDONED'
  | 7

/**
 * Why an episode ended.
 */
export type EndReason__Output = typeof EndReason[keyof typeof EndReason]
