// Original file: nightshift/v1/operator_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DrainRequest as _nightshift_v1_DrainRequest, DrainRequest__Output as _nightshift_v1_DrainRequest__Output } from '../../nightshift/v1/DrainRequest.js';
import type { DrainResponse as _nightshift_v1_DrainResponse, DrainResponse__Output as _nightshift_v1_DrainResponse__Output } from '../../nightshift/v1/DrainResponse.js';
import type { GetHiddenStateRequest as _nightshift_v1_GetHiddenStateRequest, GetHiddenStateRequest__Output as _nightshift_v1_GetHiddenStateRequest__Output } from '../../nightshift/v1/GetHiddenStateRequest.js';
import type { GetHiddenStateResponse as _nightshift_v1_GetHiddenStateResponse, GetHiddenStateResponse__Output as _nightshift_v1_GetHiddenStateResponse__Output } from '../../nightshift/v1/GetHiddenStateResponse.js';
import type { ListAllSessionsRequest as _nightshift_v1_ListAllSessionsRequest, ListAllSessionsRequest__Output as _nightshift_v1_ListAllSessionsRequest__Output } from '../../nightshift/v1/ListAllSessionsRequest.js';
import type { ListAllSessionsResponse as _nightshift_v1_ListAllSessionsResponse, ListAllSessionsResponse__Output as _nightshift_v1_ListAllSessionsResponse__Output } from '../../nightshift/v1/ListAllSessionsResponse.js';

/**
 * For the operator alone: every call carries the metadata `authorization: Bearer TOKEN`, with the token that the server was started with;
 * without a configured token nothing of it is served.
 * Errors of every call: PERMISSION_DENIED (OPERATOR_ONLY), UNIMPLEMENTED (OPERATOR_OFF: no token is configured).
 */
export interface OperatorServiceClient extends grpc.Client {
  /**
   * Begins to drain the server, as SIGTERM does.
   */
  Drain(argument: _nightshift_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _nightshift_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _nightshift_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _nightshift_v1_DrainRequest, callback: grpc.requestCallback<_nightshift_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Begins to drain the server, as SIGTERM does.
   */
  drain(argument: _nightshift_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _nightshift_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _nightshift_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _nightshift_v1_DrainRequest, callback: grpc.requestCallback<_nightshift_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Shows what an agent must not see in a session's episode: the hidden cause, the truth behind the telemetry, the key of its chance.
   * Errors: NOT_FOUND (SESSION_LOST, RESULT_EXPIRED), FAILED_PRECONDITION (SESSION_ENDED).
   */
  GetHiddenState(argument: _nightshift_v1_GetHiddenStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetHiddenStateResponse__Output>): grpc.ClientUnaryCall;
  GetHiddenState(argument: _nightshift_v1_GetHiddenStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_GetHiddenStateResponse__Output>): grpc.ClientUnaryCall;
  GetHiddenState(argument: _nightshift_v1_GetHiddenStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetHiddenStateResponse__Output>): grpc.ClientUnaryCall;
  GetHiddenState(argument: _nightshift_v1_GetHiddenStateRequest, callback: grpc.requestCallback<_nightshift_v1_GetHiddenStateResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Shows what an agent must not see in a session's episode: the hidden cause, the truth behind the telemetry, the key of its chance.
   * Errors: NOT_FOUND (SESSION_LOST, RESULT_EXPIRED), FAILED_PRECONDITION (SESSION_ENDED).
   */
  getHiddenState(argument: _nightshift_v1_GetHiddenStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetHiddenStateResponse__Output>): grpc.ClientUnaryCall;
  getHiddenState(argument: _nightshift_v1_GetHiddenStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_GetHiddenStateResponse__Output>): grpc.ClientUnaryCall;
  getHiddenState(argument: _nightshift_v1_GetHiddenStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetHiddenStateResponse__Output>): grpc.ClientUnaryCall;
  getHiddenState(argument: _nightshift_v1_GetHiddenStateRequest, callback: grpc.requestCallback<_nightshift_v1_GetHiddenStateResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists all sessions.
   */
  ListAllSessions(argument: _nightshift_v1_ListAllSessionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListAllSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListAllSessions(argument: _nightshift_v1_ListAllSessionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ListAllSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListAllSessions(argument: _nightshift_v1_ListAllSessionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListAllSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListAllSessions(argument: _nightshift_v1_ListAllSessionsRequest, callback: grpc.requestCallback<_nightshift_v1_ListAllSessionsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists all sessions.
   */
  listAllSessions(argument: _nightshift_v1_ListAllSessionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListAllSessionsResponse__Output>): grpc.ClientUnaryCall;
  listAllSessions(argument: _nightshift_v1_ListAllSessionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ListAllSessionsResponse__Output>): grpc.ClientUnaryCall;
  listAllSessions(argument: _nightshift_v1_ListAllSessionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListAllSessionsResponse__Output>): grpc.ClientUnaryCall;
  listAllSessions(argument: _nightshift_v1_ListAllSessionsRequest, callback: grpc.requestCallback<_nightshift_v1_ListAllSessionsResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * For the operator alone: every call carries the metadata `authorization: Bearer TOKEN`, with the token that the server was started with;
 * without a configured token nothing of it is served.
 * Errors of every call: PERMISSION_DENIED (OPERATOR_ONLY), UNIMPLEMENTED (OPERATOR_OFF: no token is configured).
 */
export interface OperatorServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Begins to drain the server, as SIGTERM does.
   */
  Drain: grpc.handleUnaryCall<_nightshift_v1_DrainRequest__Output, _nightshift_v1_DrainResponse>;
  
  /**
   * Shows what an agent must not see in a session's episode: the hidden cause, the truth behind the telemetry, the key of its chance.
   * Errors: NOT_FOUND (SESSION_LOST, RESULT_EXPIRED), FAILED_PRECONDITION (SESSION_ENDED).
   */
  GetHiddenState: grpc.handleUnaryCall<_nightshift_v1_GetHiddenStateRequest__Output, _nightshift_v1_GetHiddenStateResponse>;
  
  /**
   * Lists all sessions.
   */
  ListAllSessions: grpc.handleUnaryCall<_nightshift_v1_ListAllSessionsRequest__Output, _nightshift_v1_ListAllSessionsResponse>;
  
}

export interface OperatorServiceDefinition extends grpc.ServiceDefinition {
  Drain: MethodDefinition<_nightshift_v1_DrainRequest, _nightshift_v1_DrainResponse, _nightshift_v1_DrainRequest__Output, _nightshift_v1_DrainResponse__Output>
  GetHiddenState: MethodDefinition<_nightshift_v1_GetHiddenStateRequest, _nightshift_v1_GetHiddenStateResponse, _nightshift_v1_GetHiddenStateRequest__Output, _nightshift_v1_GetHiddenStateResponse__Output>
  ListAllSessions: MethodDefinition<_nightshift_v1_ListAllSessionsRequest, _nightshift_v1_ListAllSessionsResponse, _nightshift_v1_ListAllSessionsRequest__Output, _nightshift_v1_ListAllSessionsResponse__Output>
}
