/** As much of the contract's messages as the page reads, in the form of JSON that the gateway gives (src/gateway/json-form.ts). */

export type EnvironmentName = "training" | "sre";

export interface ArgumentSpec {
	/** A dot leads into a nested field. */
	readonly name: string;
	readonly description: string;
	readonly type: "number" | "integer" | "boolean" | "choice" | "name";
	readonly required: boolean;
	readonly minimum: number | null;
	readonly maximum: number | null;
	readonly choices: readonly string[];
	readonly default_value: string;
	readonly levels: readonly { readonly label: string }[];
}

export interface ActionSpec {
	readonly name: string;
	readonly description: string;
	readonly arguments: readonly ArgumentSpec[];
	readonly free: boolean;
}

export interface Task {
	readonly id: string;
	readonly environment: EnvironmentName;
	readonly description: string;
	readonly goal: string;
	readonly difficulty: string;
	readonly actions: readonly ActionSpec[];
	readonly splits: readonly string[];
	readonly budget: number;
	readonly reward_modes: readonly string[];
	readonly default_reward_mode: string;
	readonly reference_scores: readonly {
		readonly policy: string;
		readonly score: number;
	}[];
}

export interface Session {
	readonly session_id: string;
	readonly task_id: string;
	readonly split: string;
	/** A text above 2^53-1. */
	readonly seed: number | string;
	readonly episode: number;
	readonly step: number;
	readonly state: "idle" | "running" | "episode_ended" | "ended";
	readonly options: {
		readonly reward_mode: string;
		readonly views: readonly string[];
		/** Seconds. */
		readonly lease: number;
	};
	readonly create_time: string;
	readonly lease_expire_time: string | null;
	readonly last_request_number: number | string | null;
	readonly next_event_offset: number;
	readonly result: EpisodeResult | null;
}

export interface EpisodeResult {
	readonly episode: number;
	readonly score: number | null;
	readonly terminated: boolean;
	readonly truncated: boolean;
	readonly end_reason: string;
	readonly steps: number;
	readonly total_reward: number;
	readonly training?: TrainingResult;
	readonly sre?: SreResult;
}

export interface TrainingResult {
	readonly checkpoint: string;
	readonly epoch: number;
	readonly test_accuracy: number | null;
	readonly train_accuracy: number | null;
	readonly accuracy_share: number;
	readonly generalisation_share: number | null;
	readonly efficiency_share: number | null;
	readonly stability_share: number | null;
	readonly test_images: number;
	readonly epochs_charged: number;
}

export interface SreParts {
	readonly sla_compliance: number;
	readonly cost_penalty: number;
	readonly downtime_penalty: number;
	readonly resolution_bonus: number;
	readonly bound: number;
}

export interface SreResult {
	readonly breakdown: SreParts | null;
	readonly objective: number;
	readonly objective_do_nothing: number;
	readonly objective_ceiling: number;
	readonly recovery: number;
	readonly fault_class: string | null;
	readonly root_service_id: string;
	readonly time_to_mitigate: number | null;
	readonly wrong_actions: number;
	readonly trap_actions: number;
	readonly declared_service_correct: boolean | null;
	readonly declared_class_correct: boolean | null;
	readonly declaration_grounded: boolean | null;
}

export interface ServiceMetrics {
	readonly kind: "gateway" | "service" | "store" | "provider";
	readonly recent_release: boolean;
	readonly missing: boolean;
	/** Milliseconds. */
	readonly latency_p99: number | null;
	/** 0..1. */
	readonly error_rate: number | null;
	/** 0..100. */
	readonly cpu_pct: number | null;
	readonly memory_pct: number | null;
}

export interface SreObservation {
	readonly step: number;
	readonly max_steps: number;
	/** By service, in graph order; so are the next two. */
	readonly metrics: Readonly<Record<string, ServiceMetrics>>;
	readonly dependency_graph: Readonly<Record<string, readonly string[]>>;
	readonly sla_status: Readonly<Record<string, boolean | null>>;
	readonly reward_hint: number;
	readonly budgets: Readonly<
		Record<"restart" | "scale_up" | "circuit_break" | "rollback", number>
	>;
	readonly action_mask: readonly boolean[];
}

export interface TrainingObservation {
	readonly current_epoch: number;
	readonly max_epochs: number;
	readonly remaining_budget: number;
	readonly train_loss: number | null;
	readonly val_loss: number | null;
	readonly train_accuracy: number | null;
	readonly val_accuracy: number | null;
	readonly best_val_accuracy: number | null;
	readonly best_val_epoch: number | null;
	readonly convergence_signal: string;
	readonly is_diverged: boolean;
	readonly learning_rate: number | null;
	readonly trial: number;
	readonly engine: string;
	readonly data_set: { readonly name: string } | null;
	readonly configuration: Readonly<Record<string, unknown>> | null;
}

export interface Observation {
	readonly training: TrainingObservation | null;
	readonly sre: SreObservation | null;
	readonly text: string | null;
}

export interface EpochMetrics {
	readonly epoch: number;
	readonly trial: number;
	readonly learning_rate: number;
	readonly train_loss: number | null;
	readonly val_loss: number | null;
	readonly train_accuracy: number | null;
	readonly val_accuracy: number | null;
	readonly convergence_signal: string;
	readonly diverged: boolean;
}

export interface TrainingProgress {
	readonly epoch_of_call: number;
	readonly epochs_of_call: number;
	readonly batch?: {
		readonly epoch: number;
		readonly batch: number;
		readonly batches: number;
		readonly train_loss: number | null;
	};
	readonly epoch?: EpochMetrics;
}

export interface RewardPart {
	readonly name: string;
	readonly value: number;
}

/** One action's arguments under its name. */
export type Action = Readonly<
	Record<string, Readonly<Record<string, unknown>>>
>;

export interface SessionEvent {
	readonly offset: number;
	readonly episode: number;
	readonly time: string;
	readonly episode_started?: {
		readonly task_id: string;
		readonly split: string;
		readonly seed: number | string;
		readonly observation: Observation | null;
	};
	readonly action_started?: { readonly action: Action | null };
	readonly progress?: { readonly training?: TrainingProgress };
	readonly action_completed?: {
		readonly step: number;
		readonly observation: Observation | null;
		readonly reward: number;
		readonly reward_breakdown: readonly RewardPart[];
		readonly terminated: boolean;
		readonly truncated: boolean;
		readonly info: { readonly notice: string } | null;
	};
	readonly action_interrupted?: { readonly reason: string };
	readonly episode_ended?: { readonly result: EpisodeResult | null };
	readonly session_ended?: { readonly reason: string };
}

export function environmentOf(taskId: string): EnvironmentName {
	return taskId.startsWith("sre/") ? "sre" : "training";
}
