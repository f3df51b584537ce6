// Original file: nightshift/v1/sre.proto

import type { FaultClass as _nightshift_v1_FaultClass, FaultClass__Output as _nightshift_v1_FaultClass__Output } from '../../nightshift/v1/FaultClass.js';

/**
 * A diagnosis: scored on an axis of its own, never in the main score. Takes no time; the last one of an episode counts.
 */
export interface SreDeclaration {
  /**
   * The service at the root.
   */
  'service_id'?: (string);
  /**
   * The class of the fault.
   */
  'fault_class'?: (_nightshift_v1_FaultClass);
}

/**
 * A diagnosis: scored on an axis of its own, never in the main score. Takes no time; the last one of an episode counts.
 */
export interface SreDeclaration__Output {
  /**
   * The service at the root.
   */
  'service_id': (string);
  /**
   * The class of the fault.
   */
  'fault_class': (_nightshift_v1_FaultClass__Output);
}
