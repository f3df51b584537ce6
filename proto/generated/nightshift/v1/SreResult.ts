// Original file: nightshift/v1/sre.proto

import type { SreRewardBreakdown as _nightshift_v1_SreRewardBreakdown, SreRewardBreakdown__Output as _nightshift_v1_SreRewardBreakdown__Output } from '../../nightshift/v1/SreRewardBreakdown.js';
import type { FaultClass as _nightshift_v1_FaultClass, FaultClass__Output as _nightshift_v1_FaultClass__Output } from '../../nightshift/v1/FaultClass.js';

/**
 * The parts of an incident's score, and the truth.
 */
export interface SreResult {
  /**
   * Parts of the score.
   */
  'breakdown'?: (_nightshift_v1_SreRewardBreakdown | null);
  /**
   * J of the episode.
   */
  'objective'?: (number | string);
  /**
   * J of doing nothing on the same random numbers.
   */
  'objective_do_nothing'?: (number | string);
  /**
   * J of the best privileged plan on the same random numbers.
   */
  'objective_ceiling'?: (number | string);
  /**
   * Share of the last 8 probation steps in recovery, 0..1.
   */
  'recovery'?: (number | string);
  /**
   * The fault.
   */
  'fault_class'?: (_nightshift_v1_FaultClass);
  /**
   * Its root; empty without a fault.
   */
  'root_service_id'?: (string);
  /**
   * First step after which the objective held to the end; absent when it never did.
   */
  'time_to_mitigate'?: (number);
  /**
   * Actions that were neither a wait nor the listed fix.
   */
  'wrong_actions'?: (number);
  /**
   * Trap actions on the root.
   */
  'trap_actions'?: (number);
  /**
   * Whether the last declaration named the root; absent without one.
   */
  'declared_service_correct'?: (boolean);
  /**
   * Whether it named the fault's class; absent without one.
   */
  'declared_class_correct'?: (boolean);
  /**
   * Whether the action that fixed it was aimed at the declared service; absent without a declaration.
   */
  'declaration_grounded'?: (boolean);
  '_time_to_mitigate'?: "time_to_mitigate";
  '_declared_service_correct'?: "declared_service_correct";
  '_declared_class_correct'?: "declared_class_correct";
  '_declaration_grounded'?: "declaration_grounded";
}

/**
 * The parts of an incident's score, and the truth.
 */
export interface SreResult__Output {
  /**
   * Parts of the score.
   */
  'breakdown': (_nightshift_v1_SreRewardBreakdown__Output | null);
  /**
   * J of the episode.
   */
  'objective': (number);
  /**
   * J of doing nothing on the same random numbers.
   */
  'objective_do_nothing': (number);
  /**
   * J of the best privileged plan on the same random numbers.
   */
  'objective_ceiling': (number);
  /**
   * Share of the last 8 probation steps in recovery, 0..1.
   */
  'recovery': (number);
  /**
   * The fault.
   */
  'fault_class': (_nightshift_v1_FaultClass__Output);
  /**
   * Its root; empty without a fault.
   */
  'root_service_id': (string);
  /**
   * First step after which the objective held to the end; absent when it never did.
   */
  'time_to_mitigate'?: (number);
  /**
   * Actions that were neither a wait nor the listed fix.
   */
  'wrong_actions': (number);
  /**
   * Trap actions on the root.
   */
  'trap_actions': (number);
  /**
   * Whether the last declaration named the root; absent without one.
   */
  'declared_service_correct'?: (boolean);
  /**
   * Whether it named the fault's class; absent without one.
   */
  'declared_class_correct'?: (boolean);
  /**
   * Whether the action that fixed it was aimed at the declared service; absent without a declaration.
   */
  'declaration_grounded'?: (boolean);
  '_time_to_mitigate'?: "time_to_mitigate";
  '_declared_service_correct'?: "declared_service_correct";
  '_declared_class_correct'?: "declared_class_correct";
  '_declaration_grounded'?: "declaration_grounded";
}
