// Original file: nightshift/v1/sre.proto


/**
 * A service against its objective of 200 ms and 1 % errors, computed from the telemetry above.
 */
export interface ServiceSlaStatus {
  /**
   * Service.
   */
  'service_id'?: (string);
  /**
   * Whether it holds; with a missing sample the last value; absent before the first sample.
   */
  'met'?: (boolean);
  '_met'?: "met";
}

/**
 * A service against its objective of 200 ms and 1 % errors, computed from the telemetry above.
 */
export interface ServiceSlaStatus__Output {
  /**
   * Service.
   */
  'service_id': (string);
  /**
   * Whether it holds; with a missing sample the last value; absent before the first sample.
   */
  'met'?: (boolean);
  '_met'?: "met";
}
