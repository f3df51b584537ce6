// Original file: nightshift/v1/sre.proto

import type { ServiceKind as _nightshift_v1_ServiceKind, ServiceKind__Output as _nightshift_v1_ServiceKind__Output } from '../../nightshift/v1/ServiceKind.js';

/**
 * A service of the graph and its telemetry of this step. A missing sample leaves the four figures absent.
 */
export interface ServiceMetrics {
  /**
   * Name, unique in the graph.
   */
  'service_id'?: (string);
  /**
   * Kind.
   */
  'kind'?: (_nightshift_v1_ServiceKind);
  /**
   * Whether it had a release lately.
   */
  'recent_release'?: (boolean);
  /**
   * Whether this step's sample was lost.
   */
  'missing'?: (boolean);
  /**
   * 99th percentile of latency, milliseconds, at least 0.
   */
  'latency_p99'?: (number | string);
  /**
   * Share of requests that failed, 0..1.
   */
  'error_rate'?: (number | string);
  /**
   * Processor use, 0..100, from an unknown baseline.
   */
  'cpu_pct'?: (number | string);
  /**
   * Memory use, 0..100, from an unknown baseline.
   */
  'memory_pct'?: (number | string);
  '_latency_p99'?: "latency_p99";
  '_error_rate'?: "error_rate";
  '_cpu_pct'?: "cpu_pct";
  '_memory_pct'?: "memory_pct";
}

/**
 * A service of the graph and its telemetry of this step. A missing sample leaves the four figures absent.
 */
export interface ServiceMetrics__Output {
  /**
   * Name, unique in the graph.
   */
  'service_id': (string);
  /**
   * Kind.
   */
  'kind': (_nightshift_v1_ServiceKind__Output);
  /**
   * Whether it had a release lately.
   */
  'recent_release': (boolean);
  /**
   * Whether this step's sample was lost.
   */
  'missing': (boolean);
  /**
   * 99th percentile of latency, milliseconds, at least 0.
   */
  'latency_p99'?: (number);
  /**
   * Share of requests that failed, 0..1.
   */
  'error_rate'?: (number);
  /**
   * Processor use, 0..100, from an unknown baseline.
   */
  'cpu_pct'?: (number);
  /**
   * Memory use, 0..100, from an unknown baseline.
   */
  'memory_pct'?: (number);
  '_latency_p99'?: "latency_p99";
  '_error_rate'?: "error_rate";
  '_cpu_pct'?: "cpu_pct";
  '_memory_pct'?: "memory_pct";
}
