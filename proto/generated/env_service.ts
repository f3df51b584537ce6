import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Any as _google_protobuf_Any, Any__Output as _google_protobuf_Any__Output } from './google/protobuf/Any.js';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from './google/rpc/Status.js';
import type { Action as _nightshift_v1_Action, Action__Output as _nightshift_v1_Action__Output } from './nightshift/v1/Action.js';
import type { ActionCompleted as _nightshift_v1_ActionCompleted, ActionCompleted__Output as _nightshift_v1_ActionCompleted__Output } from './nightshift/v1/ActionCompleted.js';
import type { ActionInterrupted as _nightshift_v1_ActionInterrupted, ActionInterrupted__Output as _nightshift_v1_ActionInterrupted__Output } from './nightshift/v1/ActionInterrupted.js';
import type { ActionSpec as _nightshift_v1_ActionSpec, ActionSpec__Output as _nightshift_v1_ActionSpec__Output } from './nightshift/v1/ActionSpec.js';
import type { ActionStarted as _nightshift_v1_ActionStarted, ActionStarted__Output as _nightshift_v1_ActionStarted__Output } from './nightshift/v1/ActionStarted.js';
import type { AdjustLearningRate as _nightshift_v1_AdjustLearningRate, AdjustLearningRate__Output as _nightshift_v1_AdjustLearningRate__Output } from './nightshift/v1/AdjustLearningRate.js';
import type { ArgumentSpec as _nightshift_v1_ArgumentSpec, ArgumentSpec__Output as _nightshift_v1_ArgumentSpec__Output } from './nightshift/v1/ArgumentSpec.js';
import type { BatchProgress as _nightshift_v1_BatchProgress, BatchProgress__Output as _nightshift_v1_BatchProgress__Output } from './nightshift/v1/BatchProgress.js';
import type { CircuitBreak as _nightshift_v1_CircuitBreak, CircuitBreak__Output as _nightshift_v1_CircuitBreak__Output } from './nightshift/v1/CircuitBreak.js';
import type { CloseSessionRequest as _nightshift_v1_CloseSessionRequest, CloseSessionRequest__Output as _nightshift_v1_CloseSessionRequest__Output } from './nightshift/v1/CloseSessionRequest.js';
import type { CloseSessionResponse as _nightshift_v1_CloseSessionResponse, CloseSessionResponse__Output as _nightshift_v1_CloseSessionResponse__Output } from './nightshift/v1/CloseSessionResponse.js';
import type { ColumnSpec as _nightshift_v1_ColumnSpec, ColumnSpec__Output as _nightshift_v1_ColumnSpec__Output } from './nightshift/v1/ColumnSpec.js';
import type { ConfigureTraining as _nightshift_v1_ConfigureTraining, ConfigureTraining__Output as _nightshift_v1_ConfigureTraining__Output } from './nightshift/v1/ConfigureTraining.js';
import type { CreateSessionRequest as _nightshift_v1_CreateSessionRequest, CreateSessionRequest__Output as _nightshift_v1_CreateSessionRequest__Output } from './nightshift/v1/CreateSessionRequest.js';
import type { CreateSessionResponse as _nightshift_v1_CreateSessionResponse, CreateSessionResponse__Output as _nightshift_v1_CreateSessionResponse__Output } from './nightshift/v1/CreateSessionResponse.js';
import type { DataSetIdentity as _nightshift_v1_DataSetIdentity, DataSetIdentity__Output as _nightshift_v1_DataSetIdentity__Output } from './nightshift/v1/DataSetIdentity.js';
import type { EnvServiceClient as _nightshift_v1_EnvServiceClient, EnvServiceDefinition as _nightshift_v1_EnvServiceDefinition } from './nightshift/v1/EnvService.js';
import type { EpisodeEnded as _nightshift_v1_EpisodeEnded, EpisodeEnded__Output as _nightshift_v1_EpisodeEnded__Output } from './nightshift/v1/EpisodeEnded.js';
import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from './nightshift/v1/EpisodeResult.js';
import type { EpisodeStarted as _nightshift_v1_EpisodeStarted, EpisodeStarted__Output as _nightshift_v1_EpisodeStarted__Output } from './nightshift/v1/EpisodeStarted.js';
import type { EpochMetrics as _nightshift_v1_EpochMetrics, EpochMetrics__Output as _nightshift_v1_EpochMetrics__Output } from './nightshift/v1/EpochMetrics.js';
import type { FieldSpec as _nightshift_v1_FieldSpec, FieldSpec__Output as _nightshift_v1_FieldSpec__Output } from './nightshift/v1/FieldSpec.js';
import type { FinishRequest as _nightshift_v1_FinishRequest, FinishRequest__Output as _nightshift_v1_FinishRequest__Output } from './nightshift/v1/FinishRequest.js';
import type { FinishResponse as _nightshift_v1_FinishResponse, FinishResponse__Output as _nightshift_v1_FinishResponse__Output } from './nightshift/v1/FinishResponse.js';
import type { FlatAction as _nightshift_v1_FlatAction, FlatAction__Output as _nightshift_v1_FlatAction__Output } from './nightshift/v1/FlatAction.js';
import type { FlatLevel as _nightshift_v1_FlatLevel, FlatLevel__Output as _nightshift_v1_FlatLevel__Output } from './nightshift/v1/FlatLevel.js';
import type { FlatObservation as _nightshift_v1_FlatObservation, FlatObservation__Output as _nightshift_v1_FlatObservation__Output } from './nightshift/v1/FlatObservation.js';
import type { ForkRequest as _nightshift_v1_ForkRequest, ForkRequest__Output as _nightshift_v1_ForkRequest__Output } from './nightshift/v1/ForkRequest.js';
import type { ForkResponse as _nightshift_v1_ForkResponse, ForkResponse__Output as _nightshift_v1_ForkResponse__Output } from './nightshift/v1/ForkResponse.js';
import type { GetReceiptRequest as _nightshift_v1_GetReceiptRequest, GetReceiptRequest__Output as _nightshift_v1_GetReceiptRequest__Output } from './nightshift/v1/GetReceiptRequest.js';
import type { GetReceiptResponse as _nightshift_v1_GetReceiptResponse, GetReceiptResponse__Output as _nightshift_v1_GetReceiptResponse__Output } from './nightshift/v1/GetReceiptResponse.js';
import type { GetSessionRequest as _nightshift_v1_GetSessionRequest, GetSessionRequest__Output as _nightshift_v1_GetSessionRequest__Output } from './nightshift/v1/GetSessionRequest.js';
import type { GetSessionResponse as _nightshift_v1_GetSessionResponse, GetSessionResponse__Output as _nightshift_v1_GetSessionResponse__Output } from './nightshift/v1/GetSessionResponse.js';
import type { GetTrainingStatus as _nightshift_v1_GetTrainingStatus, GetTrainingStatus__Output as _nightshift_v1_GetTrainingStatus__Output } from './nightshift/v1/GetTrainingStatus.js';
import type { ListSessionsRequest as _nightshift_v1_ListSessionsRequest, ListSessionsRequest__Output as _nightshift_v1_ListSessionsRequest__Output } from './nightshift/v1/ListSessionsRequest.js';
import type { ListSessionsResponse as _nightshift_v1_ListSessionsResponse, ListSessionsResponse__Output as _nightshift_v1_ListSessionsResponse__Output } from './nightshift/v1/ListSessionsResponse.js';
import type { ListTasksRequest as _nightshift_v1_ListTasksRequest, ListTasksRequest__Output as _nightshift_v1_ListTasksRequest__Output } from './nightshift/v1/ListTasksRequest.js';
import type { ListTasksResponse as _nightshift_v1_ListTasksResponse, ListTasksResponse__Output as _nightshift_v1_ListTasksResponse__Output } from './nightshift/v1/ListTasksResponse.js';
import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from './nightshift/v1/Observation.js';
import type { PlayBatch as _nightshift_v1_PlayBatch, PlayBatch__Output as _nightshift_v1_PlayBatch__Output } from './nightshift/v1/PlayBatch.js';
import type { PlayBatchResult as _nightshift_v1_PlayBatchResult, PlayBatchResult__Output as _nightshift_v1_PlayBatchResult__Output } from './nightshift/v1/PlayBatchResult.js';
import type { PlayLane as _nightshift_v1_PlayLane, PlayLane__Output as _nightshift_v1_PlayLane__Output } from './nightshift/v1/PlayLane.js';
import type { PlayLaneError as _nightshift_v1_PlayLaneError, PlayLaneError__Output as _nightshift_v1_PlayLaneError__Output } from './nightshift/v1/PlayLaneError.js';
import type { PlayLaneSeeds as _nightshift_v1_PlayLaneSeeds, PlayLaneSeeds__Output as _nightshift_v1_PlayLaneSeeds__Output } from './nightshift/v1/PlayLaneSeeds.js';
import type { PlayLanes as _nightshift_v1_PlayLanes, PlayLanes__Output as _nightshift_v1_PlayLanes__Output } from './nightshift/v1/PlayLanes.js';
import type { PlayRequest as _nightshift_v1_PlayRequest, PlayRequest__Output as _nightshift_v1_PlayRequest__Output } from './nightshift/v1/PlayRequest.js';
import type { PlayReset as _nightshift_v1_PlayReset, PlayReset__Output as _nightshift_v1_PlayReset__Output } from './nightshift/v1/PlayReset.js';
import type { PlayResponse as _nightshift_v1_PlayResponse, PlayResponse__Output as _nightshift_v1_PlayResponse__Output } from './nightshift/v1/PlayResponse.js';
import type { Progress as _nightshift_v1_Progress, Progress__Output as _nightshift_v1_Progress__Output } from './nightshift/v1/Progress.js';
import type { Receipt as _nightshift_v1_Receipt, Receipt__Output as _nightshift_v1_Receipt__Output } from './nightshift/v1/Receipt.js';
import type { ReceiptStep as _nightshift_v1_ReceiptStep, ReceiptStep__Output as _nightshift_v1_ReceiptStep__Output } from './nightshift/v1/ReceiptStep.js';
import type { ReferenceScore as _nightshift_v1_ReferenceScore, ReferenceScore__Output as _nightshift_v1_ReferenceScore__Output } from './nightshift/v1/ReferenceScore.js';
import type { RenewSessionRequest as _nightshift_v1_RenewSessionRequest, RenewSessionRequest__Output as _nightshift_v1_RenewSessionRequest__Output } from './nightshift/v1/RenewSessionRequest.js';
import type { RenewSessionResponse as _nightshift_v1_RenewSessionResponse, RenewSessionResponse__Output as _nightshift_v1_RenewSessionResponse__Output } from './nightshift/v1/RenewSessionResponse.js';
import type { ResetRequest as _nightshift_v1_ResetRequest, ResetRequest__Output as _nightshift_v1_ResetRequest__Output } from './nightshift/v1/ResetRequest.js';
import type { ResetResponse as _nightshift_v1_ResetResponse, ResetResponse__Output as _nightshift_v1_ResetResponse__Output } from './nightshift/v1/ResetResponse.js';
import type { Restart as _nightshift_v1_Restart, Restart__Output as _nightshift_v1_Restart__Output } from './nightshift/v1/Restart.js';
import type { RewardPart as _nightshift_v1_RewardPart, RewardPart__Output as _nightshift_v1_RewardPart__Output } from './nightshift/v1/RewardPart.js';
import type { Rollback as _nightshift_v1_Rollback, Rollback__Output as _nightshift_v1_Rollback__Output } from './nightshift/v1/Rollback.js';
import type { RunEpochs as _nightshift_v1_RunEpochs, RunEpochs__Output as _nightshift_v1_RunEpochs__Output } from './nightshift/v1/RunEpochs.js';
import type { RunPolicyRequest as _nightshift_v1_RunPolicyRequest, RunPolicyRequest__Output as _nightshift_v1_RunPolicyRequest__Output } from './nightshift/v1/RunPolicyRequest.js';
import type { RunPolicyResponse as _nightshift_v1_RunPolicyResponse, RunPolicyResponse__Output as _nightshift_v1_RunPolicyResponse__Output } from './nightshift/v1/RunPolicyResponse.js';
import type { ScaleUp as _nightshift_v1_ScaleUp, ScaleUp__Output as _nightshift_v1_ScaleUp__Output } from './nightshift/v1/ScaleUp.js';
import type { ServiceDependencies as _nightshift_v1_ServiceDependencies, ServiceDependencies__Output as _nightshift_v1_ServiceDependencies__Output } from './nightshift/v1/ServiceDependencies.js';
import type { ServiceMetrics as _nightshift_v1_ServiceMetrics, ServiceMetrics__Output as _nightshift_v1_ServiceMetrics__Output } from './nightshift/v1/ServiceMetrics.js';
import type { ServiceSlaStatus as _nightshift_v1_ServiceSlaStatus, ServiceSlaStatus__Output as _nightshift_v1_ServiceSlaStatus__Output } from './nightshift/v1/ServiceSlaStatus.js';
import type { Session as _nightshift_v1_Session, Session__Output as _nightshift_v1_Session__Output } from './nightshift/v1/Session.js';
import type { SessionEnded as _nightshift_v1_SessionEnded, SessionEnded__Output as _nightshift_v1_SessionEnded__Output } from './nightshift/v1/SessionEnded.js';
import type { SessionEvent as _nightshift_v1_SessionEvent, SessionEvent__Output as _nightshift_v1_SessionEvent__Output } from './nightshift/v1/SessionEvent.js';
import type { SessionOptions as _nightshift_v1_SessionOptions, SessionOptions__Output as _nightshift_v1_SessionOptions__Output } from './nightshift/v1/SessionOptions.js';
import type { SreActionRecord as _nightshift_v1_SreActionRecord, SreActionRecord__Output as _nightshift_v1_SreActionRecord__Output } from './nightshift/v1/SreActionRecord.js';
import type { SreBudgets as _nightshift_v1_SreBudgets, SreBudgets__Output as _nightshift_v1_SreBudgets__Output } from './nightshift/v1/SreBudgets.js';
import type { SreDeclaration as _nightshift_v1_SreDeclaration, SreDeclaration__Output as _nightshift_v1_SreDeclaration__Output } from './nightshift/v1/SreDeclaration.js';
import type { SreObservation as _nightshift_v1_SreObservation, SreObservation__Output as _nightshift_v1_SreObservation__Output } from './nightshift/v1/SreObservation.js';
import type { SreProgress as _nightshift_v1_SreProgress, SreProgress__Output as _nightshift_v1_SreProgress__Output } from './nightshift/v1/SreProgress.js';
import type { SreResult as _nightshift_v1_SreResult, SreResult__Output as _nightshift_v1_SreResult__Output } from './nightshift/v1/SreResult.js';
import type { SreRewardBreakdown as _nightshift_v1_SreRewardBreakdown, SreRewardBreakdown__Output as _nightshift_v1_SreRewardBreakdown__Output } from './nightshift/v1/SreRewardBreakdown.js';
import type { SreStepInfo as _nightshift_v1_SreStepInfo, SreStepInfo__Output as _nightshift_v1_SreStepInfo__Output } from './nightshift/v1/SreStepInfo.js';
import type { StepInfo as _nightshift_v1_StepInfo, StepInfo__Output as _nightshift_v1_StepInfo__Output } from './nightshift/v1/StepInfo.js';
import type { StepRequest as _nightshift_v1_StepRequest, StepRequest__Output as _nightshift_v1_StepRequest__Output } from './nightshift/v1/StepRequest.js';
import type { StepResponse as _nightshift_v1_StepResponse, StepResponse__Output as _nightshift_v1_StepResponse__Output } from './nightshift/v1/StepResponse.js';
import type { StepStreamRequest as _nightshift_v1_StepStreamRequest, StepStreamRequest__Output as _nightshift_v1_StepStreamRequest__Output } from './nightshift/v1/StepStreamRequest.js';
import type { StepStreamResponse as _nightshift_v1_StepStreamResponse, StepStreamResponse__Output as _nightshift_v1_StepStreamResponse__Output } from './nightshift/v1/StepStreamResponse.js';
import type { StopConditions as _nightshift_v1_StopConditions, StopConditions__Output as _nightshift_v1_StopConditions__Output } from './nightshift/v1/StopConditions.js';
import type { SubmitModel as _nightshift_v1_SubmitModel, SubmitModel__Output as _nightshift_v1_SubmitModel__Output } from './nightshift/v1/SubmitModel.js';
import type { Task as _nightshift_v1_Task, Task__Output as _nightshift_v1_Task__Output } from './nightshift/v1/Task.js';
import type { Timing as _nightshift_v1_Timing, Timing__Output as _nightshift_v1_Timing__Output } from './nightshift/v1/Timing.js';
import type { ToggleAugmentation as _nightshift_v1_ToggleAugmentation, ToggleAugmentation__Output as _nightshift_v1_ToggleAugmentation__Output } from './nightshift/v1/ToggleAugmentation.js';
import type { TrainingConfiguration as _nightshift_v1_TrainingConfiguration, TrainingConfiguration__Output as _nightshift_v1_TrainingConfiguration__Output } from './nightshift/v1/TrainingConfiguration.js';
import type { TrainingObservation as _nightshift_v1_TrainingObservation, TrainingObservation__Output as _nightshift_v1_TrainingObservation__Output } from './nightshift/v1/TrainingObservation.js';
import type { TrainingProgress as _nightshift_v1_TrainingProgress, TrainingProgress__Output as _nightshift_v1_TrainingProgress__Output } from './nightshift/v1/TrainingProgress.js';
import type { TrainingResult as _nightshift_v1_TrainingResult, TrainingResult__Output as _nightshift_v1_TrainingResult__Output } from './nightshift/v1/TrainingResult.js';
import type { TrainingStepInfo as _nightshift_v1_TrainingStepInfo, TrainingStepInfo__Output as _nightshift_v1_TrainingStepInfo__Output } from './nightshift/v1/TrainingStepInfo.js';
import type { TrialRecord as _nightshift_v1_TrialRecord, TrialRecord__Output as _nightshift_v1_TrialRecord__Output } from './nightshift/v1/TrialRecord.js';
import type { VerifyReceiptRequest as _nightshift_v1_VerifyReceiptRequest, VerifyReceiptRequest__Output as _nightshift_v1_VerifyReceiptRequest__Output } from './nightshift/v1/VerifyReceiptRequest.js';
import type { VerifyReceiptResponse as _nightshift_v1_VerifyReceiptResponse, VerifyReceiptResponse__Output as _nightshift_v1_VerifyReceiptResponse__Output } from './nightshift/v1/VerifyReceiptResponse.js';
import type { Wait as _nightshift_v1_Wait, Wait__Output as _nightshift_v1_Wait__Output } from './nightshift/v1/Wait.js';
import type { WatchRequest as _nightshift_v1_WatchRequest, WatchRequest__Output as _nightshift_v1_WatchRequest__Output } from './nightshift/v1/WatchRequest.js';
import type { WatchResponse as _nightshift_v1_WatchResponse, WatchResponse__Output as _nightshift_v1_WatchResponse__Output } from './nightshift/v1/WatchResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Any: MessageTypeDefinition<_google_protobuf_Any, _google_protobuf_Any__Output>
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
    rpc: {
      Status: MessageTypeDefinition<_google_rpc_Status, _google_rpc_Status__Output>
    }
  }
  nightshift: {
    v1: {
      Action: MessageTypeDefinition<_nightshift_v1_Action, _nightshift_v1_Action__Output>
      ActionCompleted: MessageTypeDefinition<_nightshift_v1_ActionCompleted, _nightshift_v1_ActionCompleted__Output>
      ActionInterrupted: MessageTypeDefinition<_nightshift_v1_ActionInterrupted, _nightshift_v1_ActionInterrupted__Output>
      ActionSpec: MessageTypeDefinition<_nightshift_v1_ActionSpec, _nightshift_v1_ActionSpec__Output>
      ActionStarted: MessageTypeDefinition<_nightshift_v1_ActionStarted, _nightshift_v1_ActionStarted__Output>
      AdjustLearningRate: MessageTypeDefinition<_nightshift_v1_AdjustLearningRate, _nightshift_v1_AdjustLearningRate__Output>
      ArgumentSpec: MessageTypeDefinition<_nightshift_v1_ArgumentSpec, _nightshift_v1_ArgumentSpec__Output>
      ArgumentType: EnumTypeDefinition
      AutoresetMode: EnumTypeDefinition
      BatchProgress: MessageTypeDefinition<_nightshift_v1_BatchProgress, _nightshift_v1_BatchProgress__Output>
      Checkpoint: EnumTypeDefinition
      CircuitBreak: MessageTypeDefinition<_nightshift_v1_CircuitBreak, _nightshift_v1_CircuitBreak__Output>
      CloseSessionRequest: MessageTypeDefinition<_nightshift_v1_CloseSessionRequest, _nightshift_v1_CloseSessionRequest__Output>
      CloseSessionResponse: MessageTypeDefinition<_nightshift_v1_CloseSessionResponse, _nightshift_v1_CloseSessionResponse__Output>
      ColumnSpec: MessageTypeDefinition<_nightshift_v1_ColumnSpec, _nightshift_v1_ColumnSpec__Output>
      ConfigureTraining: MessageTypeDefinition<_nightshift_v1_ConfigureTraining, _nightshift_v1_ConfigureTraining__Output>
      ConvergenceSignal: EnumTypeDefinition
      CreateSessionRequest: MessageTypeDefinition<_nightshift_v1_CreateSessionRequest, _nightshift_v1_CreateSessionRequest__Output>
      CreateSessionResponse: MessageTypeDefinition<_nightshift_v1_CreateSessionResponse, _nightshift_v1_CreateSessionResponse__Output>
      DataSetIdentity: MessageTypeDefinition<_nightshift_v1_DataSetIdentity, _nightshift_v1_DataSetIdentity__Output>
      EndReason: EnumTypeDefinition
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
      EnvService: SubtypeConstructor<typeof grpc.Client, _nightshift_v1_EnvServiceClient> & { service: _nightshift_v1_EnvServiceDefinition }
      EpisodeEnded: MessageTypeDefinition<_nightshift_v1_EpisodeEnded, _nightshift_v1_EpisodeEnded__Output>
      EpisodeResult: MessageTypeDefinition<_nightshift_v1_EpisodeResult, _nightshift_v1_EpisodeResult__Output>
      EpisodeStarted: MessageTypeDefinition<_nightshift_v1_EpisodeStarted, _nightshift_v1_EpisodeStarted__Output>
      EpochMetrics: MessageTypeDefinition<_nightshift_v1_EpochMetrics, _nightshift_v1_EpochMetrics__Output>
      FaultClass: EnumTypeDefinition
      FieldSpec: MessageTypeDefinition<_nightshift_v1_FieldSpec, _nightshift_v1_FieldSpec__Output>
      FinishRequest: MessageTypeDefinition<_nightshift_v1_FinishRequest, _nightshift_v1_FinishRequest__Output>
      FinishResponse: MessageTypeDefinition<_nightshift_v1_FinishResponse, _nightshift_v1_FinishResponse__Output>
      FlatAction: MessageTypeDefinition<_nightshift_v1_FlatAction, _nightshift_v1_FlatAction__Output>
      FlatLevel: MessageTypeDefinition<_nightshift_v1_FlatLevel, _nightshift_v1_FlatLevel__Output>
      FlatObservation: MessageTypeDefinition<_nightshift_v1_FlatObservation, _nightshift_v1_FlatObservation__Output>
      ForkRequest: MessageTypeDefinition<_nightshift_v1_ForkRequest, _nightshift_v1_ForkRequest__Output>
      ForkResponse: MessageTypeDefinition<_nightshift_v1_ForkResponse, _nightshift_v1_ForkResponse__Output>
      GetReceiptRequest: MessageTypeDefinition<_nightshift_v1_GetReceiptRequest, _nightshift_v1_GetReceiptRequest__Output>
      GetReceiptResponse: MessageTypeDefinition<_nightshift_v1_GetReceiptResponse, _nightshift_v1_GetReceiptResponse__Output>
      GetSessionRequest: MessageTypeDefinition<_nightshift_v1_GetSessionRequest, _nightshift_v1_GetSessionRequest__Output>
      GetSessionResponse: MessageTypeDefinition<_nightshift_v1_GetSessionResponse, _nightshift_v1_GetSessionResponse__Output>
      GetTrainingStatus: MessageTypeDefinition<_nightshift_v1_GetTrainingStatus, _nightshift_v1_GetTrainingStatus__Output>
      LearningRateSchedule: EnumTypeDefinition
      ListSessionsRequest: MessageTypeDefinition<_nightshift_v1_ListSessionsRequest, _nightshift_v1_ListSessionsRequest__Output>
      ListSessionsResponse: MessageTypeDefinition<_nightshift_v1_ListSessionsResponse, _nightshift_v1_ListSessionsResponse__Output>
      ListTasksRequest: MessageTypeDefinition<_nightshift_v1_ListTasksRequest, _nightshift_v1_ListTasksRequest__Output>
      ListTasksResponse: MessageTypeDefinition<_nightshift_v1_ListTasksResponse, _nightshift_v1_ListTasksResponse__Output>
      Observation: MessageTypeDefinition<_nightshift_v1_Observation, _nightshift_v1_Observation__Output>
      Optimizer: EnumTypeDefinition
      PlayBatch: MessageTypeDefinition<_nightshift_v1_PlayBatch, _nightshift_v1_PlayBatch__Output>
      PlayBatchResult: MessageTypeDefinition<_nightshift_v1_PlayBatchResult, _nightshift_v1_PlayBatchResult__Output>
      PlayLane: MessageTypeDefinition<_nightshift_v1_PlayLane, _nightshift_v1_PlayLane__Output>
      PlayLaneError: MessageTypeDefinition<_nightshift_v1_PlayLaneError, _nightshift_v1_PlayLaneError__Output>
      PlayLaneSeeds: MessageTypeDefinition<_nightshift_v1_PlayLaneSeeds, _nightshift_v1_PlayLaneSeeds__Output>
      PlayLanes: MessageTypeDefinition<_nightshift_v1_PlayLanes, _nightshift_v1_PlayLanes__Output>
      PlayRequest: MessageTypeDefinition<_nightshift_v1_PlayRequest, _nightshift_v1_PlayRequest__Output>
      PlayReset: MessageTypeDefinition<_nightshift_v1_PlayReset, _nightshift_v1_PlayReset__Output>
      PlayResponse: MessageTypeDefinition<_nightshift_v1_PlayResponse, _nightshift_v1_PlayResponse__Output>
      Progress: MessageTypeDefinition<_nightshift_v1_Progress, _nightshift_v1_Progress__Output>
      Receipt: MessageTypeDefinition<_nightshift_v1_Receipt, _nightshift_v1_Receipt__Output>
      ReceiptStep: MessageTypeDefinition<_nightshift_v1_ReceiptStep, _nightshift_v1_ReceiptStep__Output>
      ReferenceScore: MessageTypeDefinition<_nightshift_v1_ReferenceScore, _nightshift_v1_ReferenceScore__Output>
      RenewSessionRequest: MessageTypeDefinition<_nightshift_v1_RenewSessionRequest, _nightshift_v1_RenewSessionRequest__Output>
      RenewSessionResponse: MessageTypeDefinition<_nightshift_v1_RenewSessionResponse, _nightshift_v1_RenewSessionResponse__Output>
      ResetRequest: MessageTypeDefinition<_nightshift_v1_ResetRequest, _nightshift_v1_ResetRequest__Output>
      ResetResponse: MessageTypeDefinition<_nightshift_v1_ResetResponse, _nightshift_v1_ResetResponse__Output>
      Restart: MessageTypeDefinition<_nightshift_v1_Restart, _nightshift_v1_Restart__Output>
      ResumeFrom: EnumTypeDefinition
      RewardMode: EnumTypeDefinition
      RewardPart: MessageTypeDefinition<_nightshift_v1_RewardPart, _nightshift_v1_RewardPart__Output>
      Rollback: MessageTypeDefinition<_nightshift_v1_Rollback, _nightshift_v1_Rollback__Output>
      RunEpochs: MessageTypeDefinition<_nightshift_v1_RunEpochs, _nightshift_v1_RunEpochs__Output>
      RunPolicyRequest: MessageTypeDefinition<_nightshift_v1_RunPolicyRequest, _nightshift_v1_RunPolicyRequest__Output>
      RunPolicyResponse: MessageTypeDefinition<_nightshift_v1_RunPolicyResponse, _nightshift_v1_RunPolicyResponse__Output>
      RunStop: EnumTypeDefinition
      ScaleUp: MessageTypeDefinition<_nightshift_v1_ScaleUp, _nightshift_v1_ScaleUp__Output>
      ServiceDependencies: MessageTypeDefinition<_nightshift_v1_ServiceDependencies, _nightshift_v1_ServiceDependencies__Output>
      ServiceKind: EnumTypeDefinition
      ServiceMetrics: MessageTypeDefinition<_nightshift_v1_ServiceMetrics, _nightshift_v1_ServiceMetrics__Output>
      ServiceSlaStatus: MessageTypeDefinition<_nightshift_v1_ServiceSlaStatus, _nightshift_v1_ServiceSlaStatus__Output>
      Session: MessageTypeDefinition<_nightshift_v1_Session, _nightshift_v1_Session__Output>
      SessionEnded: MessageTypeDefinition<_nightshift_v1_SessionEnded, _nightshift_v1_SessionEnded__Output>
      SessionEvent: MessageTypeDefinition<_nightshift_v1_SessionEvent, _nightshift_v1_SessionEvent__Output>
      SessionOptions: MessageTypeDefinition<_nightshift_v1_SessionOptions, _nightshift_v1_SessionOptions__Output>
      SessionState: EnumTypeDefinition
      Split: EnumTypeDefinition
      SreActionRecord: MessageTypeDefinition<_nightshift_v1_SreActionRecord, _nightshift_v1_SreActionRecord__Output>
      SreBudgets: MessageTypeDefinition<_nightshift_v1_SreBudgets, _nightshift_v1_SreBudgets__Output>
      SreDeclaration: MessageTypeDefinition<_nightshift_v1_SreDeclaration, _nightshift_v1_SreDeclaration__Output>
      SreObservation: MessageTypeDefinition<_nightshift_v1_SreObservation, _nightshift_v1_SreObservation__Output>
      SreProgress: MessageTypeDefinition<_nightshift_v1_SreProgress, _nightshift_v1_SreProgress__Output>
      SreResult: MessageTypeDefinition<_nightshift_v1_SreResult, _nightshift_v1_SreResult__Output>
      SreRewardBreakdown: MessageTypeDefinition<_nightshift_v1_SreRewardBreakdown, _nightshift_v1_SreRewardBreakdown__Output>
      SreStepInfo: MessageTypeDefinition<_nightshift_v1_SreStepInfo, _nightshift_v1_SreStepInfo__Output>
      StepInfo: MessageTypeDefinition<_nightshift_v1_StepInfo, _nightshift_v1_StepInfo__Output>
      StepRequest: MessageTypeDefinition<_nightshift_v1_StepRequest, _nightshift_v1_StepRequest__Output>
      StepResponse: MessageTypeDefinition<_nightshift_v1_StepResponse, _nightshift_v1_StepResponse__Output>
      StepStreamRequest: MessageTypeDefinition<_nightshift_v1_StepStreamRequest, _nightshift_v1_StepStreamRequest__Output>
      StepStreamResponse: MessageTypeDefinition<_nightshift_v1_StepStreamResponse, _nightshift_v1_StepStreamResponse__Output>
      StopConditions: MessageTypeDefinition<_nightshift_v1_StopConditions, _nightshift_v1_StopConditions__Output>
      SubmitModel: MessageTypeDefinition<_nightshift_v1_SubmitModel, _nightshift_v1_SubmitModel__Output>
      Task: MessageTypeDefinition<_nightshift_v1_Task, _nightshift_v1_Task__Output>
      Timing: MessageTypeDefinition<_nightshift_v1_Timing, _nightshift_v1_Timing__Output>
      ToggleAugmentation: MessageTypeDefinition<_nightshift_v1_ToggleAugmentation, _nightshift_v1_ToggleAugmentation__Output>
      TrainingConfiguration: MessageTypeDefinition<_nightshift_v1_TrainingConfiguration, _nightshift_v1_TrainingConfiguration__Output>
      TrainingObservation: MessageTypeDefinition<_nightshift_v1_TrainingObservation, _nightshift_v1_TrainingObservation__Output>
      TrainingProgress: MessageTypeDefinition<_nightshift_v1_TrainingProgress, _nightshift_v1_TrainingProgress__Output>
      TrainingResult: MessageTypeDefinition<_nightshift_v1_TrainingResult, _nightshift_v1_TrainingResult__Output>
      TrainingStepInfo: MessageTypeDefinition<_nightshift_v1_TrainingStepInfo, _nightshift_v1_TrainingStepInfo__Output>
      TrialRecord: MessageTypeDefinition<_nightshift_v1_TrialRecord, _nightshift_v1_TrialRecord__Output>
      VerifyReceiptRequest: MessageTypeDefinition<_nightshift_v1_VerifyReceiptRequest, _nightshift_v1_VerifyReceiptRequest__Output>
      VerifyReceiptResponse: MessageTypeDefinition<_nightshift_v1_VerifyReceiptResponse, _nightshift_v1_VerifyReceiptResponse__Output>
      View: EnumTypeDefinition
      Wait: MessageTypeDefinition<_nightshift_v1_Wait, _nightshift_v1_Wait__Output>
      WatchRequest: MessageTypeDefinition<_nightshift_v1_WatchRequest, _nightshift_v1_WatchRequest__Output>
      WatchResponse: MessageTypeDefinition<_nightshift_v1_WatchResponse, _nightshift_v1_WatchResponse__Output>
    }
  }
}

