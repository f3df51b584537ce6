// Original file: nightshift/v1/env_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CloseSessionRequest as _nightshift_v1_CloseSessionRequest, CloseSessionRequest__Output as _nightshift_v1_CloseSessionRequest__Output } from '../../nightshift/v1/CloseSessionRequest.js';
import type { CloseSessionResponse as _nightshift_v1_CloseSessionResponse, CloseSessionResponse__Output as _nightshift_v1_CloseSessionResponse__Output } from '../../nightshift/v1/CloseSessionResponse.js';
import type { CreateSessionRequest as _nightshift_v1_CreateSessionRequest, CreateSessionRequest__Output as _nightshift_v1_CreateSessionRequest__Output } from '../../nightshift/v1/CreateSessionRequest.js';
import type { CreateSessionResponse as _nightshift_v1_CreateSessionResponse, CreateSessionResponse__Output as _nightshift_v1_CreateSessionResponse__Output } from '../../nightshift/v1/CreateSessionResponse.js';
import type { FinishRequest as _nightshift_v1_FinishRequest, FinishRequest__Output as _nightshift_v1_FinishRequest__Output } from '../../nightshift/v1/FinishRequest.js';
import type { FinishResponse as _nightshift_v1_FinishResponse, FinishResponse__Output as _nightshift_v1_FinishResponse__Output } from '../../nightshift/v1/FinishResponse.js';
import type { ForkRequest as _nightshift_v1_ForkRequest, ForkRequest__Output as _nightshift_v1_ForkRequest__Output } from '../../nightshift/v1/ForkRequest.js';
import type { ForkResponse as _nightshift_v1_ForkResponse, ForkResponse__Output as _nightshift_v1_ForkResponse__Output } from '../../nightshift/v1/ForkResponse.js';
import type { GetReceiptRequest as _nightshift_v1_GetReceiptRequest, GetReceiptRequest__Output as _nightshift_v1_GetReceiptRequest__Output } from '../../nightshift/v1/GetReceiptRequest.js';
import type { GetReceiptResponse as _nightshift_v1_GetReceiptResponse, GetReceiptResponse__Output as _nightshift_v1_GetReceiptResponse__Output } from '../../nightshift/v1/GetReceiptResponse.js';
import type { GetSessionRequest as _nightshift_v1_GetSessionRequest, GetSessionRequest__Output as _nightshift_v1_GetSessionRequest__Output } from '../../nightshift/v1/GetSessionRequest.js';
import type { GetSessionResponse as _nightshift_v1_GetSessionResponse, GetSessionResponse__Output as _nightshift_v1_GetSessionResponse__Output } from '../../nightshift/v1/GetSessionResponse.js';
import type { ListSessionsRequest as _nightshift_v1_ListSessionsRequest, ListSessionsRequest__Output as _nightshift_v1_ListSessionsRequest__Output } from '../../nightshift/v1/ListSessionsRequest.js';
import type { ListSessionsResponse as _nightshift_v1_ListSessionsResponse, ListSessionsResponse__Output as _nightshift_v1_ListSessionsResponse__Output } from '../../nightshift/v1/ListSessionsResponse.js';
import type { ListTasksRequest as _nightshift_v1_ListTasksRequest, ListTasksRequest__Output as _nightshift_v1_ListTasksRequest__Output } from '../../nightshift/v1/ListTasksRequest.js';
import type { ListTasksResponse as _nightshift_v1_ListTasksResponse, ListTasksResponse__Output as _nightshift_v1_ListTasksResponse__Output } from '../../nightshift/v1/ListTasksResponse.js';
import type { PlayRequest as _nightshift_v1_PlayRequest, PlayRequest__Output as _nightshift_v1_PlayRequest__Output } from '../../nightshift/v1/PlayRequest.js';
import type { PlayResponse as _nightshift_v1_PlayResponse, PlayResponse__Output as _nightshift_v1_PlayResponse__Output } from '../../nightshift/v1/PlayResponse.js';
import type { RenewSessionRequest as _nightshift_v1_RenewSessionRequest, RenewSessionRequest__Output as _nightshift_v1_RenewSessionRequest__Output } from '../../nightshift/v1/RenewSessionRequest.js';
import type { RenewSessionResponse as _nightshift_v1_RenewSessionResponse, RenewSessionResponse__Output as _nightshift_v1_RenewSessionResponse__Output } from '../../nightshift/v1/RenewSessionResponse.js';
import type { ResetRequest as _nightshift_v1_ResetRequest, ResetRequest__Output as _nightshift_v1_ResetRequest__Output } from '../../nightshift/v1/ResetRequest.js';
import type { ResetResponse as _nightshift_v1_ResetResponse, ResetResponse__Output as _nightshift_v1_ResetResponse__Output } from '../../nightshift/v1/ResetResponse.js';
import type { RunPolicyRequest as _nightshift_v1_RunPolicyRequest, RunPolicyRequest__Output as _nightshift_v1_RunPolicyRequest__Output } from '../../nightshift/v1/RunPolicyRequest.js';
import type { RunPolicyResponse as _nightshift_v1_RunPolicyResponse, RunPolicyResponse__Output as _nightshift_v1_RunPolicyResponse__Output } from '../../nightshift/v1/RunPolicyResponse.js';
import type { StepRequest as _nightshift_v1_StepRequest, StepRequest__Output as _nightshift_v1_StepRequest__Output } from '../../nightshift/v1/StepRequest.js';
import type { StepResponse as _nightshift_v1_StepResponse, StepResponse__Output as _nightshift_v1_StepResponse__Output } from '../../nightshift/v1/StepResponse.js';
import type { StepStreamRequest as _nightshift_v1_StepStreamRequest, StepStreamRequest__Output as _nightshift_v1_StepStreamRequest__Output } from '../../nightshift/v1/StepStreamRequest.js';
import type { StepStreamResponse as _nightshift_v1_StepStreamResponse, StepStreamResponse__Output as _nightshift_v1_StepStreamResponse__Output } from '../../nightshift/v1/StepStreamResponse.js';
import type { VerifyReceiptRequest as _nightshift_v1_VerifyReceiptRequest, VerifyReceiptRequest__Output as _nightshift_v1_VerifyReceiptRequest__Output } from '../../nightshift/v1/VerifyReceiptRequest.js';
import type { VerifyReceiptResponse as _nightshift_v1_VerifyReceiptResponse, VerifyReceiptResponse__Output as _nightshift_v1_VerifyReceiptResponse__Output } from '../../nightshift/v1/VerifyReceiptResponse.js';
import type { WatchRequest as _nightshift_v1_WatchRequest, WatchRequest__Output as _nightshift_v1_WatchRequest__Output } from '../../nightshift/v1/WatchRequest.js';
import type { WatchResponse as _nightshift_v1_WatchResponse, WatchResponse__Output as _nightshift_v1_WatchResponse__Output } from '../../nightshift/v1/WatchResponse.js';

/**
 * Environments for agents that learn to keep things running.
 * 
 * Rules that hold for every environment:
 * - Deterministic: task and its version, split, seed, the data's digest, the engine's name and the actions fix every observation, reward and
 * score, bit for bit, alone or among any number of sessions.
 * - Exactly once: a step may carry a request number; see StepRequest.request_number.
 * - One action at a time in a session; a second one meanwhile is ABORTED (SESSION_BUSY) and harms nothing.
 * - After the end of an episode a step is FAILED_PRECONDITION (EPISODE_ENDED).
 * - An action that cannot be taken changes nothing and costs nothing: INVALID_ARGUMENT when it is malformed, FAILED_PRECONDITION
 * (ACTION_NOT_POSSIBLE) when it is not possible now.
 * - Budgets are epochs, steps and simulated time, never wall time.
 * - Every error of the service carries google.rpc.ErrorInfo with a reason of ErrorReason and the domain "nightshift". What the gRPC library
 * refuses before the service sees it (a message over 4 MB, an unknown method) carries none.
 * Every call about a session can answer NOT_FOUND (SESSION_LOST, RESULT_EXPIRED) and INVALID_ARGUMENT for an id that is not one; every call
 * that would start work can answer UNAVAILABLE (SERVER_DRAINING).
 */
export interface EnvServiceClient extends grpc.Client {
  /**
   * Ends the session and gives its slot back; an action under way is cancelled. Closing a closed session is fine.
   */
  CloseSession(argument: _nightshift_v1_CloseSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _nightshift_v1_CloseSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _nightshift_v1_CloseSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _nightshift_v1_CloseSessionRequest, callback: grpc.requestCallback<_nightshift_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends the session and gives its slot back; an action under way is cancelled. Closing a closed session is fine.
   */
  closeSession(argument: _nightshift_v1_CloseSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _nightshift_v1_CloseSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _nightshift_v1_CloseSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _nightshift_v1_CloseSessionRequest, callback: grpc.requestCallback<_nightshift_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Opens a session and starts its first episode.
   * Errors: INVALID_ARGUMENT (UNKNOWN_TASK, INVALID_FIELD, REQUEST_MISMATCH), RESOURCE_EXHAUSTED (TOO_MANY_SESSIONS),
   * FAILED_PRECONDITION (DATA_UNAVAILABLE).
   */
  CreateSession(argument: _nightshift_v1_CreateSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  CreateSession(argument: _nightshift_v1_CreateSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  CreateSession(argument: _nightshift_v1_CreateSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  CreateSession(argument: _nightshift_v1_CreateSessionRequest, callback: grpc.requestCallback<_nightshift_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Opens a session and starts its first episode.
   * Errors: INVALID_ARGUMENT (UNKNOWN_TASK, INVALID_FIELD, REQUEST_MISMATCH), RESOURCE_EXHAUSTED (TOO_MANY_SESSIONS),
   * FAILED_PRECONDITION (DATA_UNAVAILABLE).
   */
  createSession(argument: _nightshift_v1_CreateSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  createSession(argument: _nightshift_v1_CreateSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  createSession(argument: _nightshift_v1_CreateSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  createSession(argument: _nightshift_v1_CreateSessionRequest, callback: grpc.requestCallback<_nightshift_v1_CreateSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends the episode now, as truncated, and scores it as its task says. Asked again, it gives the same result.
   * Errors: ABORTED (SESSION_BUSY), RESOURCE_EXHAUSTED (QUEUE_FULL), CANCELLED (CALL_CANCELLED), UNAVAILABLE (WORKER_LOST).
   */
  Finish(argument: _nightshift_v1_FinishRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_FinishResponse__Output>): grpc.ClientUnaryCall;
  Finish(argument: _nightshift_v1_FinishRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_FinishResponse__Output>): grpc.ClientUnaryCall;
  Finish(argument: _nightshift_v1_FinishRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_FinishResponse__Output>): grpc.ClientUnaryCall;
  Finish(argument: _nightshift_v1_FinishRequest, callback: grpc.requestCallback<_nightshift_v1_FinishResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends the episode now, as truncated, and scores it as its task says. Asked again, it gives the same result.
   * Errors: ABORTED (SESSION_BUSY), RESOURCE_EXHAUSTED (QUEUE_FULL), CANCELLED (CALL_CANCELLED), UNAVAILABLE (WORKER_LOST).
   */
  finish(argument: _nightshift_v1_FinishRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_FinishResponse__Output>): grpc.ClientUnaryCall;
  finish(argument: _nightshift_v1_FinishRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_FinishResponse__Output>): grpc.ClientUnaryCall;
  finish(argument: _nightshift_v1_FinishRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_FinishResponse__Output>): grpc.ClientUnaryCall;
  finish(argument: _nightshift_v1_FinishRequest, callback: grpc.requestCallback<_nightshift_v1_FinishResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Makes a new, independent session equal to this one at this point.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  Fork(argument: _nightshift_v1_ForkRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ForkResponse__Output>): grpc.ClientUnaryCall;
  Fork(argument: _nightshift_v1_ForkRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ForkResponse__Output>): grpc.ClientUnaryCall;
  Fork(argument: _nightshift_v1_ForkRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ForkResponse__Output>): grpc.ClientUnaryCall;
  Fork(argument: _nightshift_v1_ForkRequest, callback: grpc.requestCallback<_nightshift_v1_ForkResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes a new, independent session equal to this one at this point.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  fork(argument: _nightshift_v1_ForkRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ForkResponse__Output>): grpc.ClientUnaryCall;
  fork(argument: _nightshift_v1_ForkRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ForkResponse__Output>): grpc.ClientUnaryCall;
  fork(argument: _nightshift_v1_ForkRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ForkResponse__Output>): grpc.ClientUnaryCall;
  fork(argument: _nightshift_v1_ForkRequest, callback: grpc.requestCallback<_nightshift_v1_ForkResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Gives an ended episode as a hash-chained record.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  GetReceipt(argument: _nightshift_v1_GetReceiptRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetReceiptResponse__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _nightshift_v1_GetReceiptRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_GetReceiptResponse__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _nightshift_v1_GetReceiptRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetReceiptResponse__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _nightshift_v1_GetReceiptRequest, callback: grpc.requestCallback<_nightshift_v1_GetReceiptResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Gives an ended episode as a hash-chained record.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  getReceipt(argument: _nightshift_v1_GetReceiptRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetReceiptResponse__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _nightshift_v1_GetReceiptRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_GetReceiptResponse__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _nightshift_v1_GetReceiptRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetReceiptResponse__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _nightshift_v1_GetReceiptRequest, callback: grpc.requestCallback<_nightshift_v1_GetReceiptResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Tells where a session is; answers at any moment and does not renew its lease.
   */
  GetSession(argument: _nightshift_v1_GetSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetSessionResponse__Output>): grpc.ClientUnaryCall;
  GetSession(argument: _nightshift_v1_GetSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_GetSessionResponse__Output>): grpc.ClientUnaryCall;
  GetSession(argument: _nightshift_v1_GetSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetSessionResponse__Output>): grpc.ClientUnaryCall;
  GetSession(argument: _nightshift_v1_GetSessionRequest, callback: grpc.requestCallback<_nightshift_v1_GetSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Tells where a session is; answers at any moment and does not renew its lease.
   */
  getSession(argument: _nightshift_v1_GetSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetSessionResponse__Output>): grpc.ClientUnaryCall;
  getSession(argument: _nightshift_v1_GetSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_GetSessionResponse__Output>): grpc.ClientUnaryCall;
  getSession(argument: _nightshift_v1_GetSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_GetSessionResponse__Output>): grpc.ClientUnaryCall;
  getSession(argument: _nightshift_v1_GetSessionRequest, callback: grpc.requestCallback<_nightshift_v1_GetSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists the sessions that were created with an owner key. Does not renew leases.
   */
  ListSessions(argument: _nightshift_v1_ListSessionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _nightshift_v1_ListSessionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _nightshift_v1_ListSessionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _nightshift_v1_ListSessionsRequest, callback: grpc.requestCallback<_nightshift_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists the sessions that were created with an owner key. Does not renew leases.
   */
  listSessions(argument: _nightshift_v1_ListSessionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _nightshift_v1_ListSessionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _nightshift_v1_ListSessionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _nightshift_v1_ListSessionsRequest, callback: grpc.requestCallback<_nightshift_v1_ListSessionsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists the tasks with their actions, observations, bounds, limits and known scores: all that a client needs to discover.
   */
  ListTasks(argument: _nightshift_v1_ListTasksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  ListTasks(argument: _nightshift_v1_ListTasksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  ListTasks(argument: _nightshift_v1_ListTasksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  ListTasks(argument: _nightshift_v1_ListTasksRequest, callback: grpc.requestCallback<_nightshift_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists the tasks with their actions, observations, bounds, limits and known scores: all that a client needs to discover.
   */
  listTasks(argument: _nightshift_v1_ListTasksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  listTasks(argument: _nightshift_v1_ListTasksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  listTasks(argument: _nightshift_v1_ListTasksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  listTasks(argument: _nightshift_v1_ListTasksRequest, callback: grpc.requestCallback<_nightshift_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Many requests in flight, answered in order, over any number of sessions, and batches of steps as columns. Requests of one session wait for
   * each other; those of different sessions run at the same time. A request or lane that fails is answered in-band and the stream goes on. The
   * server reads on only while few requests and little unsent data wait. A caller that goes away stops the work within one batch.
   * Errors of the stream itself: INVALID_ARGUMENT (INVALID_FIELD) for bytes that are no PlayRequest, UNAVAILABLE (SERVER_DRAINING).
   */
  Play(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_nightshift_v1_PlayRequest, _nightshift_v1_PlayResponse__Output>;
  Play(options?: grpc.CallOptions): grpc.ClientDuplexStream<_nightshift_v1_PlayRequest, _nightshift_v1_PlayResponse__Output>;
  /**
   * Many requests in flight, answered in order, over any number of sessions, and batches of steps as columns. Requests of one session wait for
   * each other; those of different sessions run at the same time. A request or lane that fails is answered in-band and the stream goes on. The
   * server reads on only while few requests and little unsent data wait. A caller that goes away stops the work within one batch.
   * Errors of the stream itself: INVALID_ARGUMENT (INVALID_FIELD) for bytes that are no PlayRequest, UNAVAILABLE (SERVER_DRAINING).
   */
  play(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_nightshift_v1_PlayRequest, _nightshift_v1_PlayResponse__Output>;
  play(options?: grpc.CallOptions): grpc.ClientDuplexStream<_nightshift_v1_PlayRequest, _nightshift_v1_PlayResponse__Output>;
  
  /**
   * Renews a session's lease without doing anything else. Errors: FAILED_PRECONDITION (SESSION_ENDED).
   */
  RenewSession(argument: _nightshift_v1_RenewSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  RenewSession(argument: _nightshift_v1_RenewSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  RenewSession(argument: _nightshift_v1_RenewSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  RenewSession(argument: _nightshift_v1_RenewSessionRequest, callback: grpc.requestCallback<_nightshift_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Renews a session's lease without doing anything else. Errors: FAILED_PRECONDITION (SESSION_ENDED).
   */
  renewSession(argument: _nightshift_v1_RenewSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  renewSession(argument: _nightshift_v1_RenewSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  renewSession(argument: _nightshift_v1_RenewSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  renewSession(argument: _nightshift_v1_RenewSessionRequest, callback: grpc.requestCallback<_nightshift_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Starts the session's next episode. An episode under way is abandoned ungraded.
   * Errors: those of CreateSession, ABORTED (SESSION_BUSY), FAILED_PRECONDITION (SESSION_ENDED, REQUEST_NUMBER_PASSED).
   */
  Reset(argument: _nightshift_v1_ResetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ResetResponse__Output>): grpc.ClientUnaryCall;
  Reset(argument: _nightshift_v1_ResetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ResetResponse__Output>): grpc.ClientUnaryCall;
  Reset(argument: _nightshift_v1_ResetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ResetResponse__Output>): grpc.ClientUnaryCall;
  Reset(argument: _nightshift_v1_ResetRequest, callback: grpc.requestCallback<_nightshift_v1_ResetResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Starts the session's next episode. An episode under way is abandoned ungraded.
   * Errors: those of CreateSession, ABORTED (SESSION_BUSY), FAILED_PRECONDITION (SESSION_ENDED, REQUEST_NUMBER_PASSED).
   */
  reset(argument: _nightshift_v1_ResetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ResetResponse__Output>): grpc.ClientUnaryCall;
  reset(argument: _nightshift_v1_ResetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_ResetResponse__Output>): grpc.ClientUnaryCall;
  reset(argument: _nightshift_v1_ResetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_ResetResponse__Output>): grpc.ClientUnaryCall;
  reset(argument: _nightshift_v1_ResetRequest, callback: grpc.requestCallback<_nightshift_v1_ResetResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Plays a policy on the server over some seeds, one message an episode, each sent when it is over, in the order of the seeds. An episode is
   * what a client that played the same policy would get. A run holds one session's place and takes turns with the sessions as one of them: one
   * epoch at a time. At most 4 run at once; past it TOO_MANY_STREAMS. A caller that goes away stops it within one batch.
   * Errors: INVALID_ARGUMENT (UNKNOWN_TASK, INVALID_FIELD), RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, TOO_MANY_SESSIONS, QUEUE_FULL), UNAVAILABLE
   * (SERVER_DRAINING, WORKER_LOST), CANCELLED (CALL_CANCELLED), FAILED_PRECONDITION (DATA_UNAVAILABLE).
   */
  RunPolicy(argument: _nightshift_v1_RunPolicyRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_RunPolicyResponse__Output>;
  RunPolicy(argument: _nightshift_v1_RunPolicyRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_RunPolicyResponse__Output>;
  /**
   * Plays a policy on the server over some seeds, one message an episode, each sent when it is over, in the order of the seeds. An episode is
   * what a client that played the same policy would get. A run holds one session's place and takes turns with the sessions as one of them: one
   * epoch at a time. At most 4 run at once; past it TOO_MANY_STREAMS. A caller that goes away stops it within one batch.
   * Errors: INVALID_ARGUMENT (UNKNOWN_TASK, INVALID_FIELD), RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, TOO_MANY_SESSIONS, QUEUE_FULL), UNAVAILABLE
   * (SERVER_DRAINING, WORKER_LOST), CANCELLED (CALL_CANCELLED), FAILED_PRECONDITION (DATA_UNAVAILABLE).
   */
  runPolicy(argument: _nightshift_v1_RunPolicyRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_RunPolicyResponse__Output>;
  runPolicy(argument: _nightshift_v1_RunPolicyRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_RunPolicyResponse__Output>;
  
  /**
   * Takes one action and answers with what it led to. A caller that goes away or whose deadline passes stops the work within one batch.
   * Errors: INVALID_ARGUMENT (INVALID_FIELD, WRONG_ACTION, REQUEST_MISMATCH), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE, EPISODE_ENDED,
   * SESSION_ENDED, REQUEST_NUMBER_PASSED), ABORTED (SESSION_BUSY), RESOURCE_EXHAUSTED (QUEUE_FULL), CANCELLED (CALL_CANCELLED),
   * UNAVAILABLE (WORKER_LOST).
   */
  Step(argument: _nightshift_v1_StepRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  Step(argument: _nightshift_v1_StepRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  Step(argument: _nightshift_v1_StepRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  Step(argument: _nightshift_v1_StepRequest, callback: grpc.requestCallback<_nightshift_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Takes one action and answers with what it led to. A caller that goes away or whose deadline passes stops the work within one batch.
   * Errors: INVALID_ARGUMENT (INVALID_FIELD, WRONG_ACTION, REQUEST_MISMATCH), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE, EPISODE_ENDED,
   * SESSION_ENDED, REQUEST_NUMBER_PASSED), ABORTED (SESSION_BUSY), RESOURCE_EXHAUSTED (QUEUE_FULL), CANCELLED (CALL_CANCELLED),
   * UNAVAILABLE (WORKER_LOST).
   */
  step(argument: _nightshift_v1_StepRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  step(argument: _nightshift_v1_StepRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  step(argument: _nightshift_v1_StepRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  step(argument: _nightshift_v1_StepRequest, callback: grpc.requestCallback<_nightshift_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Takes one action as Step does and streams its progress; the last message is the one result. Errors: those of Step.
   */
  StepStream(argument: _nightshift_v1_StepStreamRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_StepStreamResponse__Output>;
  StepStream(argument: _nightshift_v1_StepStreamRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_StepStreamResponse__Output>;
  /**
   * Takes one action as Step does and streams its progress; the last message is the one result. Errors: those of Step.
   */
  stepStream(argument: _nightshift_v1_StepStreamRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_StepStreamResponse__Output>;
  stepStream(argument: _nightshift_v1_StepStreamRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_StepStreamResponse__Output>;
  
  /**
   * Runs a receipt again and says whether every bit of it holds.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  VerifyReceipt(argument: _nightshift_v1_VerifyReceiptRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_VerifyReceiptResponse__Output>): grpc.ClientUnaryCall;
  VerifyReceipt(argument: _nightshift_v1_VerifyReceiptRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_VerifyReceiptResponse__Output>): grpc.ClientUnaryCall;
  VerifyReceipt(argument: _nightshift_v1_VerifyReceiptRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_VerifyReceiptResponse__Output>): grpc.ClientUnaryCall;
  VerifyReceipt(argument: _nightshift_v1_VerifyReceiptRequest, callback: grpc.requestCallback<_nightshift_v1_VerifyReceiptResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Runs a receipt again and says whether every bit of it holds.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  verifyReceipt(argument: _nightshift_v1_VerifyReceiptRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_VerifyReceiptResponse__Output>): grpc.ClientUnaryCall;
  verifyReceipt(argument: _nightshift_v1_VerifyReceiptRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_nightshift_v1_VerifyReceiptResponse__Output>): grpc.ClientUnaryCall;
  verifyReceipt(argument: _nightshift_v1_VerifyReceiptRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_nightshift_v1_VerifyReceiptResponse__Output>): grpc.ClientUnaryCall;
  verifyReceipt(argument: _nightshift_v1_VerifyReceiptRequest, callback: grpc.requestCallback<_nightshift_v1_VerifyReceiptResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Streams a session's events from any kept offset, for dashboards and second observers. Read-only; it ends when the session ends.
   * Errors: OUT_OF_RANGE (EVENTS_DROPPED), RESOURCE_EXHAUSTED (TOO_MANY_STREAMS).
   */
  Watch(argument: _nightshift_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_WatchResponse__Output>;
  Watch(argument: _nightshift_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_WatchResponse__Output>;
  /**
   * Streams a session's events from any kept offset, for dashboards and second observers. Read-only; it ends when the session ends.
   * Errors: OUT_OF_RANGE (EVENTS_DROPPED), RESOURCE_EXHAUSTED (TOO_MANY_STREAMS).
   */
  watch(argument: _nightshift_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_WatchResponse__Output>;
  watch(argument: _nightshift_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_nightshift_v1_WatchResponse__Output>;
  
}

/**
 * Environments for agents that learn to keep things running.
 * 
 * Rules that hold for every environment:
 * - Deterministic: task and its version, split, seed, the data's digest, the engine's name and the actions fix every observation, reward and
 * score, bit for bit, alone or among any number of sessions.
 * - Exactly once: a step may carry a request number; see StepRequest.request_number.
 * - One action at a time in a session; a second one meanwhile is ABORTED (SESSION_BUSY) and harms nothing.
 * - After the end of an episode a step is FAILED_PRECONDITION (EPISODE_ENDED).
 * - An action that cannot be taken changes nothing and costs nothing: INVALID_ARGUMENT when it is malformed, FAILED_PRECONDITION
 * (ACTION_NOT_POSSIBLE) when it is not possible now.
 * - Budgets are epochs, steps and simulated time, never wall time.
 * - Every error of the service carries google.rpc.ErrorInfo with a reason of ErrorReason and the domain "nightshift". What the gRPC library
 * refuses before the service sees it (a message over 4 MB, an unknown method) carries none.
 * Every call about a session can answer NOT_FOUND (SESSION_LOST, RESULT_EXPIRED) and INVALID_ARGUMENT for an id that is not one; every call
 * that would start work can answer UNAVAILABLE (SERVER_DRAINING).
 */
export interface EnvServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Ends the session and gives its slot back; an action under way is cancelled. Closing a closed session is fine.
   */
  CloseSession: grpc.handleUnaryCall<_nightshift_v1_CloseSessionRequest__Output, _nightshift_v1_CloseSessionResponse>;
  
  /**
   * Opens a session and starts its first episode.
   * Errors: INVALID_ARGUMENT (UNKNOWN_TASK, INVALID_FIELD, REQUEST_MISMATCH), RESOURCE_EXHAUSTED (TOO_MANY_SESSIONS),
   * FAILED_PRECONDITION (DATA_UNAVAILABLE).
   */
  CreateSession: grpc.handleUnaryCall<_nightshift_v1_CreateSessionRequest__Output, _nightshift_v1_CreateSessionResponse>;
  
  /**
   * Ends the episode now, as truncated, and scores it as its task says. Asked again, it gives the same result.
   * Errors: ABORTED (SESSION_BUSY), RESOURCE_EXHAUSTED (QUEUE_FULL), CANCELLED (CALL_CANCELLED), UNAVAILABLE (WORKER_LOST).
   */
  Finish: grpc.handleUnaryCall<_nightshift_v1_FinishRequest__Output, _nightshift_v1_FinishResponse>;
  
  /**
   * Makes a new, independent session equal to this one at this point.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  Fork: grpc.handleUnaryCall<_nightshift_v1_ForkRequest__Output, _nightshift_v1_ForkResponse>;
  
  /**
   * Gives an ended episode as a hash-chained record.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  GetReceipt: grpc.handleUnaryCall<_nightshift_v1_GetReceiptRequest__Output, _nightshift_v1_GetReceiptResponse>;
  
  /**
   * Tells where a session is; answers at any moment and does not renew its lease.
   */
  GetSession: grpc.handleUnaryCall<_nightshift_v1_GetSessionRequest__Output, _nightshift_v1_GetSessionResponse>;
  
  /**
   * Lists the sessions that were created with an owner key. Does not renew leases.
   */
  ListSessions: grpc.handleUnaryCall<_nightshift_v1_ListSessionsRequest__Output, _nightshift_v1_ListSessionsResponse>;
  
  /**
   * Lists the tasks with their actions, observations, bounds, limits and known scores: all that a client needs to discover.
   */
  ListTasks: grpc.handleUnaryCall<_nightshift_v1_ListTasksRequest__Output, _nightshift_v1_ListTasksResponse>;
  
  /**
   * Many requests in flight, answered in order, over any number of sessions, and batches of steps as columns. Requests of one session wait for
   * each other; those of different sessions run at the same time. A request or lane that fails is answered in-band and the stream goes on. The
   * server reads on only while few requests and little unsent data wait. A caller that goes away stops the work within one batch.
   * Errors of the stream itself: INVALID_ARGUMENT (INVALID_FIELD) for bytes that are no PlayRequest, UNAVAILABLE (SERVER_DRAINING).
   */
  Play: grpc.handleBidiStreamingCall<_nightshift_v1_PlayRequest__Output, _nightshift_v1_PlayResponse>;
  
  /**
   * Renews a session's lease without doing anything else. Errors: FAILED_PRECONDITION (SESSION_ENDED).
   */
  RenewSession: grpc.handleUnaryCall<_nightshift_v1_RenewSessionRequest__Output, _nightshift_v1_RenewSessionResponse>;
  
  /**
   * Starts the session's next episode. An episode under way is abandoned ungraded.
   * Errors: those of CreateSession, ABORTED (SESSION_BUSY), FAILED_PRECONDITION (SESSION_ENDED, REQUEST_NUMBER_PASSED).
   */
  Reset: grpc.handleUnaryCall<_nightshift_v1_ResetRequest__Output, _nightshift_v1_ResetResponse>;
  
  /**
   * Plays a policy on the server over some seeds, one message an episode, each sent when it is over, in the order of the seeds. An episode is
   * what a client that played the same policy would get. A run holds one session's place and takes turns with the sessions as one of them: one
   * epoch at a time. At most 4 run at once; past it TOO_MANY_STREAMS. A caller that goes away stops it within one batch.
   * Errors: INVALID_ARGUMENT (UNKNOWN_TASK, INVALID_FIELD), RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, TOO_MANY_SESSIONS, QUEUE_FULL), UNAVAILABLE
   * (SERVER_DRAINING, WORKER_LOST), CANCELLED (CALL_CANCELLED), FAILED_PRECONDITION (DATA_UNAVAILABLE).
   */
  RunPolicy: grpc.handleServerStreamingCall<_nightshift_v1_RunPolicyRequest__Output, _nightshift_v1_RunPolicyResponse>;
  
  /**
   * Takes one action and answers with what it led to. A caller that goes away or whose deadline passes stops the work within one batch.
   * Errors: INVALID_ARGUMENT (INVALID_FIELD, WRONG_ACTION, REQUEST_MISMATCH), FAILED_PRECONDITION (ACTION_NOT_POSSIBLE, EPISODE_ENDED,
   * SESSION_ENDED, REQUEST_NUMBER_PASSED), ABORTED (SESSION_BUSY), RESOURCE_EXHAUSTED (QUEUE_FULL), CANCELLED (CALL_CANCELLED),
   * UNAVAILABLE (WORKER_LOST).
   */
  Step: grpc.handleUnaryCall<_nightshift_v1_StepRequest__Output, _nightshift_v1_StepResponse>;
  
  /**
   * Takes one action as Step does and streams its progress; the last message is the one result. Errors: those of Step.
   */
  StepStream: grpc.handleServerStreamingCall<_nightshift_v1_StepStreamRequest__Output, _nightshift_v1_StepStreamResponse>;
  
  /**
   * Runs a receipt again and says whether every bit of it holds.
   * Not in this server yet: UNIMPLEMENTED (NOT_YET_IMPLEMENTED).
   */
  VerifyReceipt: grpc.handleUnaryCall<_nightshift_v1_VerifyReceiptRequest__Output, _nightshift_v1_VerifyReceiptResponse>;
  
  /**
   * Streams a session's events from any kept offset, for dashboards and second observers. Read-only; it ends when the session ends.
   * Errors: OUT_OF_RANGE (EVENTS_DROPPED), RESOURCE_EXHAUSTED (TOO_MANY_STREAMS).
   */
  Watch: grpc.handleServerStreamingCall<_nightshift_v1_WatchRequest__Output, _nightshift_v1_WatchResponse>;
  
}

export interface EnvServiceDefinition extends grpc.ServiceDefinition {
  CloseSession: MethodDefinition<_nightshift_v1_CloseSessionRequest, _nightshift_v1_CloseSessionResponse, _nightshift_v1_CloseSessionRequest__Output, _nightshift_v1_CloseSessionResponse__Output>
  CreateSession: MethodDefinition<_nightshift_v1_CreateSessionRequest, _nightshift_v1_CreateSessionResponse, _nightshift_v1_CreateSessionRequest__Output, _nightshift_v1_CreateSessionResponse__Output>
  Finish: MethodDefinition<_nightshift_v1_FinishRequest, _nightshift_v1_FinishResponse, _nightshift_v1_FinishRequest__Output, _nightshift_v1_FinishResponse__Output>
  Fork: MethodDefinition<_nightshift_v1_ForkRequest, _nightshift_v1_ForkResponse, _nightshift_v1_ForkRequest__Output, _nightshift_v1_ForkResponse__Output>
  GetReceipt: MethodDefinition<_nightshift_v1_GetReceiptRequest, _nightshift_v1_GetReceiptResponse, _nightshift_v1_GetReceiptRequest__Output, _nightshift_v1_GetReceiptResponse__Output>
  GetSession: MethodDefinition<_nightshift_v1_GetSessionRequest, _nightshift_v1_GetSessionResponse, _nightshift_v1_GetSessionRequest__Output, _nightshift_v1_GetSessionResponse__Output>
  ListSessions: MethodDefinition<_nightshift_v1_ListSessionsRequest, _nightshift_v1_ListSessionsResponse, _nightshift_v1_ListSessionsRequest__Output, _nightshift_v1_ListSessionsResponse__Output>
  ListTasks: MethodDefinition<_nightshift_v1_ListTasksRequest, _nightshift_v1_ListTasksResponse, _nightshift_v1_ListTasksRequest__Output, _nightshift_v1_ListTasksResponse__Output>
  Play: MethodDefinition<_nightshift_v1_PlayRequest, _nightshift_v1_PlayResponse, _nightshift_v1_PlayRequest__Output, _nightshift_v1_PlayResponse__Output>
  RenewSession: MethodDefinition<_nightshift_v1_RenewSessionRequest, _nightshift_v1_RenewSessionResponse, _nightshift_v1_RenewSessionRequest__Output, _nightshift_v1_RenewSessionResponse__Output>
  Reset: MethodDefinition<_nightshift_v1_ResetRequest, _nightshift_v1_ResetResponse, _nightshift_v1_ResetRequest__Output, _nightshift_v1_ResetResponse__Output>
  RunPolicy: MethodDefinition<_nightshift_v1_RunPolicyRequest, _nightshift_v1_RunPolicyResponse, _nightshift_v1_RunPolicyRequest__Output, _nightshift_v1_RunPolicyResponse__Output>
  Step: MethodDefinition<_nightshift_v1_StepRequest, _nightshift_v1_StepResponse, _nightshift_v1_StepRequest__Output, _nightshift_v1_StepResponse__Output>
  StepStream: MethodDefinition<_nightshift_v1_StepStreamRequest, _nightshift_v1_StepStreamResponse, _nightshift_v1_StepStreamRequest__Output, _nightshift_v1_StepStreamResponse__Output>
  VerifyReceipt: MethodDefinition<_nightshift_v1_VerifyReceiptRequest, _nightshift_v1_VerifyReceiptResponse, _nightshift_v1_VerifyReceiptRequest__Output, _nightshift_v1_VerifyReceiptResponse__Output>
  Watch: MethodDefinition<_nightshift_v1_WatchRequest, _nightshift_v1_WatchResponse, _nightshift_v1_WatchRequest__Output, _nightshift_v1_WatchResponse__Output>
}
