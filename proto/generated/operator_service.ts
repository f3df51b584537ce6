import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { Action as _nightshift_v1_Action, Action__Output as _nightshift_v1_Action__Output } from './nightshift/v1/Action.js';
import type { ActionCompleted as _nightshift_v1_ActionCompleted, ActionCompleted__Output as _nightshift_v1_ActionCompleted__Output } from './nightshift/v1/ActionCompleted.js';
import type { ActionInterrupted as _nightshift_v1_ActionInterrupted, ActionInterrupted__Output as _nightshift_v1_ActionInterrupted__Output } from './nightshift/v1/ActionInterrupted.js';
import type { ActionSpec as _nightshift_v1_ActionSpec, ActionSpec__Output as _nightshift_v1_ActionSpec__Output } from './nightshift/v1/ActionSpec.js';
import type { ActionStarted as _nightshift_v1_ActionStarted, ActionStarted__Output as _nightshift_v1_ActionStarted__Output } from './nightshift/v1/ActionStarted.js';
import type { AdjustLearningRate as _nightshift_v1_AdjustLearningRate, AdjustLearningRate__Output as _nightshift_v1_AdjustLearningRate__Output } from './nightshift/v1/AdjustLearningRate.js';
import type { ArgumentSpec as _nightshift_v1_ArgumentSpec, ArgumentSpec__Output as _nightshift_v1_ArgumentSpec__Output } from './nightshift/v1/ArgumentSpec.js';
import type { BatchProgress as _nightshift_v1_BatchProgress, BatchProgress__Output as _nightshift_v1_BatchProgress__Output } from './nightshift/v1/BatchProgress.js';
import type { CircuitBreak as _nightshift_v1_CircuitBreak, CircuitBreak__Output as _nightshift_v1_CircuitBreak__Output } from './nightshift/v1/CircuitBreak.js';
import type { ColumnSpec as _nightshift_v1_ColumnSpec, ColumnSpec__Output as _nightshift_v1_ColumnSpec__Output } from './nightshift/v1/ColumnSpec.js';
import type { ConfigureTraining as _nightshift_v1_ConfigureTraining, ConfigureTraining__Output as _nightshift_v1_ConfigureTraining__Output } from './nightshift/v1/ConfigureTraining.js';
import type { DataSetIdentity as _nightshift_v1_DataSetIdentity, DataSetIdentity__Output as _nightshift_v1_DataSetIdentity__Output } from './nightshift/v1/DataSetIdentity.js';
import type { DrainRequest as _nightshift_v1_DrainRequest, DrainRequest__Output as _nightshift_v1_DrainRequest__Output } from './nightshift/v1/DrainRequest.js';
import type { DrainResponse as _nightshift_v1_DrainResponse, DrainResponse__Output as _nightshift_v1_DrainResponse__Output } from './nightshift/v1/DrainResponse.js';
import type { EpisodeEnded as _nightshift_v1_EpisodeEnded, EpisodeEnded__Output as _nightshift_v1_EpisodeEnded__Output } from './nightshift/v1/EpisodeEnded.js';
import type { EpisodeResult as _nightshift_v1_EpisodeResult, EpisodeResult__Output as _nightshift_v1_EpisodeResult__Output } from './nightshift/v1/EpisodeResult.js';
import type { EpisodeStarted as _nightshift_v1_EpisodeStarted, EpisodeStarted__Output as _nightshift_v1_EpisodeStarted__Output } from './nightshift/v1/EpisodeStarted.js';
import type { EpochMetrics as _nightshift_v1_EpochMetrics, EpochMetrics__Output as _nightshift_v1_EpochMetrics__Output } from './nightshift/v1/EpochMetrics.js';
import type { FieldSpec as _nightshift_v1_FieldSpec, FieldSpec__Output as _nightshift_v1_FieldSpec__Output } from './nightshift/v1/FieldSpec.js';
import type { FlatAction as _nightshift_v1_FlatAction, FlatAction__Output as _nightshift_v1_FlatAction__Output } from './nightshift/v1/FlatAction.js';
import type { FlatLevel as _nightshift_v1_FlatLevel, FlatLevel__Output as _nightshift_v1_FlatLevel__Output } from './nightshift/v1/FlatLevel.js';
import type { FlatObservation as _nightshift_v1_FlatObservation, FlatObservation__Output as _nightshift_v1_FlatObservation__Output } from './nightshift/v1/FlatObservation.js';
import type { GetHiddenStateRequest as _nightshift_v1_GetHiddenStateRequest, GetHiddenStateRequest__Output as _nightshift_v1_GetHiddenStateRequest__Output } from './nightshift/v1/GetHiddenStateRequest.js';
import type { GetHiddenStateResponse as _nightshift_v1_GetHiddenStateResponse, GetHiddenStateResponse__Output as _nightshift_v1_GetHiddenStateResponse__Output } from './nightshift/v1/GetHiddenStateResponse.js';
import type { GetTrainingStatus as _nightshift_v1_GetTrainingStatus, GetTrainingStatus__Output as _nightshift_v1_GetTrainingStatus__Output } from './nightshift/v1/GetTrainingStatus.js';
import type { ListAllSessionsRequest as _nightshift_v1_ListAllSessionsRequest, ListAllSessionsRequest__Output as _nightshift_v1_ListAllSessionsRequest__Output } from './nightshift/v1/ListAllSessionsRequest.js';
import type { ListAllSessionsResponse as _nightshift_v1_ListAllSessionsResponse, ListAllSessionsResponse__Output as _nightshift_v1_ListAllSessionsResponse__Output } from './nightshift/v1/ListAllSessionsResponse.js';
import type { Observation as _nightshift_v1_Observation, Observation__Output as _nightshift_v1_Observation__Output } from './nightshift/v1/Observation.js';
import type { OperatorServiceClient as _nightshift_v1_OperatorServiceClient, OperatorServiceDefinition as _nightshift_v1_OperatorServiceDefinition } from './nightshift/v1/OperatorService.js';
import type { Progress as _nightshift_v1_Progress, Progress__Output as _nightshift_v1_Progress__Output } from './nightshift/v1/Progress.js';
import type { ReferenceScore as _nightshift_v1_ReferenceScore, ReferenceScore__Output as _nightshift_v1_ReferenceScore__Output } from './nightshift/v1/ReferenceScore.js';
import type { Restart as _nightshift_v1_Restart, Restart__Output as _nightshift_v1_Restart__Output } from './nightshift/v1/Restart.js';
import type { RewardPart as _nightshift_v1_RewardPart, RewardPart__Output as _nightshift_v1_RewardPart__Output } from './nightshift/v1/RewardPart.js';
import type { Rollback as _nightshift_v1_Rollback, Rollback__Output as _nightshift_v1_Rollback__Output } from './nightshift/v1/Rollback.js';
import type { RunEpochs as _nightshift_v1_RunEpochs, RunEpochs__Output as _nightshift_v1_RunEpochs__Output } from './nightshift/v1/RunEpochs.js';
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
import type { Wait as _nightshift_v1_Wait, Wait__Output as _nightshift_v1_Wait__Output } from './nightshift/v1/Wait.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
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
      BatchProgress: MessageTypeDefinition<_nightshift_v1_BatchProgress, _nightshift_v1_BatchProgress__Output>
      Checkpoint: EnumTypeDefinition
      CircuitBreak: MessageTypeDefinition<_nightshift_v1_CircuitBreak, _nightshift_v1_CircuitBreak__Output>
      ColumnSpec: MessageTypeDefinition<_nightshift_v1_ColumnSpec, _nightshift_v1_ColumnSpec__Output>
      ConfigureTraining: MessageTypeDefinition<_nightshift_v1_ConfigureTraining, _nightshift_v1_ConfigureTraining__Output>
      ConvergenceSignal: EnumTypeDefinition
      DataSetIdentity: MessageTypeDefinition<_nightshift_v1_DataSetIdentity, _nightshift_v1_DataSetIdentity__Output>
      DrainRequest: MessageTypeDefinition<_nightshift_v1_DrainRequest, _nightshift_v1_DrainRequest__Output>
      DrainResponse: MessageTypeDefinition<_nightshift_v1_DrainResponse, _nightshift_v1_DrainResponse__Output>
      EndReason: EnumTypeDefinition
      EpisodeEnded: MessageTypeDefinition<_nightshift_v1_EpisodeEnded, _nightshift_v1_EpisodeEnded__Output>
      EpisodeResult: MessageTypeDefinition<_nightshift_v1_EpisodeResult, _nightshift_v1_EpisodeResult__Output>
      EpisodeStarted: MessageTypeDefinition<_nightshift_v1_EpisodeStarted, _nightshift_v1_EpisodeStarted__Output>
      EpochMetrics: MessageTypeDefinition<_nightshift_v1_EpochMetrics, _nightshift_v1_EpochMetrics__Output>
      FaultClass: EnumTypeDefinition
      FieldSpec: MessageTypeDefinition<_nightshift_v1_FieldSpec, _nightshift_v1_FieldSpec__Output>
      FlatAction: MessageTypeDefinition<_nightshift_v1_FlatAction, _nightshift_v1_FlatAction__Output>
      FlatLevel: MessageTypeDefinition<_nightshift_v1_FlatLevel, _nightshift_v1_FlatLevel__Output>
      FlatObservation: MessageTypeDefinition<_nightshift_v1_FlatObservation, _nightshift_v1_FlatObservation__Output>
      GetHiddenStateRequest: MessageTypeDefinition<_nightshift_v1_GetHiddenStateRequest, _nightshift_v1_GetHiddenStateRequest__Output>
      GetHiddenStateResponse: MessageTypeDefinition<_nightshift_v1_GetHiddenStateResponse, _nightshift_v1_GetHiddenStateResponse__Output>
      GetTrainingStatus: MessageTypeDefinition<_nightshift_v1_GetTrainingStatus, _nightshift_v1_GetTrainingStatus__Output>
      LearningRateSchedule: EnumTypeDefinition
      ListAllSessionsRequest: MessageTypeDefinition<_nightshift_v1_ListAllSessionsRequest, _nightshift_v1_ListAllSessionsRequest__Output>
      ListAllSessionsResponse: MessageTypeDefinition<_nightshift_v1_ListAllSessionsResponse, _nightshift_v1_ListAllSessionsResponse__Output>
      Observation: MessageTypeDefinition<_nightshift_v1_Observation, _nightshift_v1_Observation__Output>
      /**
       * For the operator alone: every call carries the metadata `authorization: Bearer TOKEN`, with the token that the server was started with;
       * without a configured token nothing of it is served.
       * Errors of every call: PERMISSION_DENIED (OPERATOR_ONLY), UNIMPLEMENTED (OPERATOR_OFF: no token is configured).
       */
      OperatorService: SubtypeConstructor<typeof grpc.Client, _nightshift_v1_OperatorServiceClient> & { service: _nightshift_v1_OperatorServiceDefinition }
      Optimizer: EnumTypeDefinition
      Progress: MessageTypeDefinition<_nightshift_v1_Progress, _nightshift_v1_Progress__Output>
      ReferenceScore: MessageTypeDefinition<_nightshift_v1_ReferenceScore, _nightshift_v1_ReferenceScore__Output>
      Restart: MessageTypeDefinition<_nightshift_v1_Restart, _nightshift_v1_Restart__Output>
      ResumeFrom: EnumTypeDefinition
      RewardMode: EnumTypeDefinition
      RewardPart: MessageTypeDefinition<_nightshift_v1_RewardPart, _nightshift_v1_RewardPart__Output>
      Rollback: MessageTypeDefinition<_nightshift_v1_Rollback, _nightshift_v1_Rollback__Output>
      RunEpochs: MessageTypeDefinition<_nightshift_v1_RunEpochs, _nightshift_v1_RunEpochs__Output>
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
      View: EnumTypeDefinition
      Wait: MessageTypeDefinition<_nightshift_v1_Wait, _nightshift_v1_Wait__Output>
    }
  }
}

