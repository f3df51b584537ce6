// Original file: nightshift/v1/session.proto

/**
 * Where a session is in its life.
 */
export const SessionState = {
  /**
   * Never sent.
   */
  SESSION_STATE_UNSPECIFIED: 'SESSION_STATE_UNSPECIFIED',
  /**
   * An episode is under way and no action is running.
   */
  SESSION_STATE_IDLE: 'SESSION_STATE_IDLE',
  /**
   * An action is running or waiting for a worker.
   */
  SESSION_STATE_RUNNING: 'SESSION_STATE_RUNNING',
  /**
   * The episode has ended; Reset starts the next one.
   */
  SESSION_STATE_EPISODE_ENDED: 'SESSION_STATE_EPISODE_ENDED',
  /**
   * Closed, or its lease ran out; its result is kept for an hour.
   */
  SESSION_STATE_ENDED: 'SESSION_STATE_ENDED',
} as const;

/**
 * Where a session is in its life.
 */
export type SessionState =
  /**
   * Never sent.
   */
  | 'SESSION_STATE_UNSPECIFIED'
  | 0
  /**
   * An episode is under way and no action is running.
   */
  | 'SESSION_STATE_IDLE'
  | 1
  /**
   * An action is running or waiting for a worker.
   */
  | 'SESSION_STATE_RUNNING'
  | 2
  /**
   * The episode has ended; Reset starts the next one.
   */
  | 'SESSION_STATE_EPISODE_ENDED'
  | 3
  /**
   * Closed, or its lease ran out; its result is kept for an hour.
   */
  | 'SESSION_STATE_ENDED'
  | 4

/**
 * Where a session is in its life.
 */
export type SessionState__Output = typeof SessionState[keyof typeof SessionState]
