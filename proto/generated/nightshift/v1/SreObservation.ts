// Original file: nightshift/v1/sre.proto

import type { ServiceMetrics as _nightshift_v1_ServiceMetrics, ServiceMetrics__Output as _nightshift_v1_ServiceMetrics__Output } from '../../nightshift/v1/ServiceMetrics.js';
import type { ServiceDependencies as _nightshift_v1_ServiceDependencies, ServiceDependencies__Output as _nightshift_v1_ServiceDependencies__Output } from '../../nightshift/v1/ServiceDependencies.js';
import type { SreActionRecord as _nightshift_v1_SreActionRecord, SreActionRecord__Output as _nightshift_v1_SreActionRecord__Output } from '../../nightshift/v1/SreActionRecord.js';
import type { ServiceSlaStatus as _nightshift_v1_ServiceSlaStatus, ServiceSlaStatus__Output as _nightshift_v1_ServiceSlaStatus__Output } from '../../nightshift/v1/ServiceSlaStatus.js';
import type { SreRewardBreakdown as _nightshift_v1_SreRewardBreakdown, SreRewardBreakdown__Output as _nightshift_v1_SreRewardBreakdown__Output } from '../../nightshift/v1/SreRewardBreakdown.js';
import type { SreBudgets as _nightshift_v1_SreBudgets, SreBudgets__Output as _nightshift_v1_SreBudgets__Output } from '../../nightshift/v1/SreBudgets.js';

/**
 * What an agent on call sees. Lists are in graph order.
 */
export interface SreObservation {
  /**
   * Steps taken, 0..30.
   */
  'step'?: (number);
  /**
   * Steps of the episode.
   */
  'max_steps'?: (number);
  /**
   * Telemetry per service.
   */
  'metrics'?: (_nightshift_v1_ServiceMetrics)[];
  /**
   * The service graph as an adjacency list.
   */
  'dependency_graph'?: (_nightshift_v1_ServiceDependencies)[];
  /**
   * The last 5 actions, oldest first.
   */
  'action_history'?: (_nightshift_v1_SreActionRecord)[];
  /**
   * Objective per service.
   */
  'sla_status'?: (_nightshift_v1_ServiceSlaStatus)[];
  /**
   * A dense hint from what was observed; never a reward.
   */
  'reward_hint'?: (number | string);
  /**
   * Parts of the score; 0 before the end.
   */
  'reward_breakdown'?: (_nightshift_v1_SreRewardBreakdown | null);
  /**
   * Budgets left.
   */
  'budgets'?: (_nightshift_v1_SreBudgets | null);
  /**
   * Which actions are possible now: per service in graph order restart, scale_up, circuit_break, rollback; then wait.
   */
  'action_mask'?: (boolean)[];
}

/**
 * What an agent on call sees. Lists are in graph order.
 */
export interface SreObservation__Output {
  /**
   * Steps taken, 0..30.
   */
  'step': (number);
  /**
   * Steps of the episode.
   */
  'max_steps': (number);
  /**
   * Telemetry per service.
   */
  'metrics': (_nightshift_v1_ServiceMetrics__Output)[];
  /**
   * The service graph as an adjacency list.
   */
  'dependency_graph': (_nightshift_v1_ServiceDependencies__Output)[];
  /**
   * The last 5 actions, oldest first.
   */
  'action_history': (_nightshift_v1_SreActionRecord__Output)[];
  /**
   * Objective per service.
   */
  'sla_status': (_nightshift_v1_ServiceSlaStatus__Output)[];
  /**
   * A dense hint from what was observed; never a reward.
   */
  'reward_hint': (number);
  /**
   * Parts of the score; 0 before the end.
   */
  'reward_breakdown': (_nightshift_v1_SreRewardBreakdown__Output | null);
  /**
   * Budgets left.
   */
  'budgets': (_nightshift_v1_SreBudgets__Output | null);
  /**
   * Which actions are possible now: per service in graph order restart, scale_up, circuit_break, rollback; then wait.
   */
  'action_mask': (boolean)[];
}
