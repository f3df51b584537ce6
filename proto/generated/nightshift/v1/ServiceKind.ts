// Original file: nightshift/v1/sre.proto

/**
 * What kind of thing a service is. Public.
 */
export const ServiceKind = {
  /**
   * Never sent.
   */
  SERVICE_KIND_UNSPECIFIED: 'SERVICE_KIND_UNSPECIFIED',
  /**
   * Entry of all traffic.
   */
  SERVICE_KIND_GATEWAY: 'SERVICE_KIND_GATEWAY',
  /**
   * A stateless service.
   */
  SERVICE_KIND_SERVICE: 'SERVICE_KIND_SERVICE',
  /**
   * A database or cache.
   */
  SERVICE_KIND_STORE: 'SERVICE_KIND_STORE',
  /**
   * An external provider: only circuit_break can be done to it.
   */
  SERVICE_KIND_PROVIDER: 'SERVICE_KIND_PROVIDER',
} as const;

/**
 * What kind of thing a service is. Public.
 */
export type ServiceKind =
  /**
   * Never sent.
   */
  | 'SERVICE_KIND_UNSPECIFIED'
  | 0
  /**
   * Entry of all traffic.
   */
  | 'SERVICE_KIND_GATEWAY'
  | 1
  /**
   * A stateless service.
   */
  | 'SERVICE_KIND_SERVICE'
  | 2
  /**
   * A database or cache.
   */
  | 'SERVICE_KIND_STORE'
  | 3
  /**
   * An external provider: only circuit_break can be done to it.
   */
  | 'SERVICE_KIND_PROVIDER'
  | 4

/**
 * What kind of thing a service is. Public.
 */
export type ServiceKind__Output = typeof ServiceKind[keyof typeof ServiceKind]
