// Original file: nightshift/v1/sre.proto

/**
 * The classes of faults that an agent may declare.
 */
export const FaultClass = {
  /**
   * Never sent; not a valid declaration.
   */
  FAULT_CLASS_UNSPECIFIED: 'FAULT_CLASS_UNSPECIFIED',
  /**
   * Nothing is wrong: noise, or a telemetry artefact.
   */
  FAULT_CLASS_NONE: 'FAULT_CLASS_NONE',
  /**
   * A service ran out of memory.
   */
  FAULT_CLASS_SINGLE_OOM: 'FAULT_CLASS_SINGLE_OOM',
  /**
   * Memory grows with each minute since a release.
   */
  FAULT_CLASS_MEMORY_LEAK: 'FAULT_CLASS_MEMORY_LEAK',
  /**
   * A release made a service slower and wrong.
   */
  FAULT_CLASS_BAD_DEPLOY: 'FAULT_CLASS_BAD_DEPLOY',
  /**
   * A store's connections are used up one by one.
   */
  FAULT_CLASS_DB_CONNECTION_LEAK: 'FAULT_CLASS_DB_CONNECTION_LEAK',
  /**
   * More traffic than capacity, for a while.
   */
  FAULT_CLASS_TRAFFIC_SURGE: 'FAULT_CLASS_TRAFFIC_SURGE',
  /**
   * Retries keep an overload alive after its cause is gone.
   */
  FAULT_CLASS_RETRY_STORM: 'FAULT_CLASS_RETRY_STORM',
  /**
   * A network link comes and goes.
   */
  FAULT_CLASS_FLAPPING_NETWORK: 'FAULT_CLASS_FLAPPING_NETWORK',
  /**
   * A neighbour on the same host takes the processor.
   */
  FAULT_CLASS_NOISY_NEIGHBOUR: 'FAULT_CLASS_NOISY_NEIGHBOUR',
  /**
   * An external provider is slow and wrong; it heals by itself.
   */
  FAULT_CLASS_PROVIDER_BROWNOUT: 'FAULT_CLASS_PROVIDER_BROWNOUT',
  /**
   * A service crashes again and again since a change of configuration.
   */
  FAULT_CLASS_CRASH_LOOP: 'FAULT_CLASS_CRASH_LOOP',
  /**
   * A store's transactions wait for each other.
   */
  FAULT_CLASS_LOCK_CONTENTION: 'FAULT_CLASS_LOCK_CONTENTION',
  /**
   * A cache lost its contents and warms up.
   */
  FAULT_CLASS_CACHE_COLD: 'FAULT_CLASS_CACHE_COLD',
} as const;

/**
 * The classes of faults that an agent may declare.
 */
export type FaultClass =
  /**
   * Never sent; not a valid declaration.
   */
  | 'FAULT_CLASS_UNSPECIFIED'
  | 0
  /**
   * Nothing is wrong: noise, or a telemetry artefact.
   */
  | 'FAULT_CLASS_NONE'
  | 1
  /**
   * A service ran out of memory.
   */
  | 'FAULT_CLASS_SINGLE_OOM'
  | 2
  /**
   * Memory grows with each minute since a release.
   */
  | 'FAULT_CLASS_MEMORY_LEAK'
  | 3
  /**
   * A release made a service slower and wrong.
   */
  | 'FAULT_CLASS_BAD_DEPLOY'
  | 4
  /**
   * A store's connections are used up one by one.
   */
  | 'FAULT_CLASS_DB_CONNECTION_LEAK'
  | 5
  /**
   * More traffic than capacity, for a while.
   */
  | 'FAULT_CLASS_TRAFFIC_SURGE'
  | 6
  /**
   * Retries keep an overload alive after its cause is gone.
   */
  | 'FAULT_CLASS_RETRY_STORM'
  | 7
  /**
   * A network link comes and goes.
   */
  | 'FAULT_CLASS_FLAPPING_NETWORK'
  | 8
  /**
   * A neighbour on the same host takes the processor.
   */
  | 'FAULT_CLASS_NOISY_NEIGHBOUR'
  | 9
  /**
   * An external provider is slow and wrong; it heals by itself.
   */
  | 'FAULT_CLASS_PROVIDER_BROWNOUT'
  | 10
  /**
   * A service crashes again and again since a change of configuration.
   */
  | 'FAULT_CLASS_CRASH_LOOP'
  | 11
  /**
   * A store's transactions wait for each other.
   */
  | 'FAULT_CLASS_LOCK_CONTENTION'
  | 12
  /**
   * A cache lost its contents and warms up.
   */
  | 'FAULT_CLASS_CACHE_COLD'
  | 13

/**
 * The classes of faults that an agent may declare.
 */
export type FaultClass__Output = typeof FaultClass[keyof typeof FaultClass]
