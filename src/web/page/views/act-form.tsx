import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { incidentOf, isPossible } from "../../model/incident.js";
import type {
	ArgumentSpec,
	Session,
	SessionEvent,
	Task,
} from "../../model/messages.js";
import { inWords } from "../../model/taken-actions.js";
import {
	actionInWords,
	faultInWords,
	toShort,
	toSigned,
} from "../../model/told.js";
import { type About, type Tool, takeStep, tell, toSentence } from "../api.js";

interface ActFormProps {
	readonly session: Session;
	readonly task: Task;
	readonly tools: readonly Tool[];
	/** In graph order; empty in a training. */
	readonly services: readonly string[];
	readonly events: readonly SessionEvent[];
	/** The one that is looked at, which is the one to act on. */
	readonly service: string;
	readonly onService: (service: string) => void;
	/** Whether this tab opened the session. */
	readonly isOwn: boolean;
}

/** The actions of a task as a form, made from what the task tells of them. */
export function ActForm(props: ActFormProps) {
	const { session, task, services, events, service, onService, isOwn } = props;
	const isTraining = task.environment === "training";
	const [name, setName] = useState(() => firstChoice(task));
	const [values, setValues] = useState<Readonly<Record<string, string>>>({});
	const [busy, setBusy] = useState(false);
	const [said, setSaid] = useState<{
		readonly kind: "note" | "error";
		readonly text: string;
	}>({ kind: "note", text: "" });
	const id = useId();
	const step = useRef(session);
	step.current = session;
	const incident = useMemo(() => incidentOf(events), [events]);
	const action = task.actions.find((one) => one.name === name);
	const isRunning = session.state === "running";
	const isOver = session.state === "episode_ended";
	const chosenService = services.includes(service)
		? service
		: (services[0] ?? "");
	const diagnosis = faultClasses(props.tools);

	const heading = useRef<HTMLHeadingElement>(null);
	const hasActed = useRef(false);

	useEffect(() => setName(firstChoice(task)), [task.id]);
	// The button that ended or began the episode is gone, and the focus with it.
	useEffect(() => {
		if (hasActed.current && document.activeElement === document.body)
			heading.current?.focus({ preventScroll: true });
	}, [isOver]);

	const act = async (work: () => Promise<string>) => {
		if (busy) return;
		setBusy(true);
		hasActed.current = true;
		setSaid({ kind: "note", text: "" });
		try {
			setSaid({ kind: "note", text: await work() });
		} catch (error) {
			setSaid({ kind: "error", text: toSentence(error) });
		}
		setBusy(false);
	};
	const submit = (event: Event) => {
		event.preventDefault();
		if (isRunning) return;
		void act(async () => {
			const { reward, done } = await takeStep(
				step.current,
				readForm(name, action?.arguments ?? [], values, chosenService),
			);
			return `${actionInWords(name)}: reward ${toSigned(reward)}.${done ? " The episode is over." : ""}`;
		});
	};
	const ask = (about: About, done: string) =>
		void act(async () => {
			await tell(session.session_id, about);
			return done;
		});

	/** At any moment: it stops what runs. */
	const close = () =>
		void tell(session.session_id, "close").catch((error: unknown) =>
			setSaid({ kind: "error", text: toSentence(error) }),
		);

	const form = isOver ? (
		<div class="buttons">
			<button
				type="button"
				class="main"
				aria-disabled={busy}
				onClick={() => ask("reset", "The next episode has begun.")}
			>
				Next episode
			</button>
			<CloseButton onClose={close} />
		</div>
	) : (
		<form onSubmit={submit} aria-describedby={`${id}-said`}>
			<fieldset class="actions">
				<legend>Action</legend>
				{task.actions
					.filter(({ free }) => !free)
					.map((one) => (
						<label key={one.name} title={one.description}>
							<input
								type="radio"
								name={`${id}-action`}
								checked={one.name === name}
								onChange={() => setName(one.name)}
							/>
							<span>
								{actionInWords(one.name)}
								<Left count={incident.now?.budgets[one.name as "restart"]} />
							</span>
						</label>
					))}
			</fieldset>
			<p class="faint what">{action?.description}</p>
			<div class="arguments">
				{action?.arguments.map((argument) =>
					argument.type === "name" ? (
						<label key={argument.name}>
							<span>Service</span>
							<select
								value={chosenService}
								onChange={(event) => onService(event.currentTarget.value)}
							>
								{services.map((one) => (
									<option
										key={one}
										value={one}
										disabled={!isPossible(incident, name, one)}
									>
										{one}
										{isPossible(incident, name, one) ? "" : " (not possible)"}
									</option>
								))}
							</select>
						</label>
					) : (
						<Field
							key={`${name}.${argument.name}`}
							argument={argument}
							value={values[`${name}.${argument.name}`] ?? ""}
							onChange={(value) =>
								setValues({ ...values, [`${name}.${argument.name}`]: value })
							}
						/>
					),
				)}
			</div>
			{diagnosis.length > 0 && (
				<details class="diagnosis">
					<summary>Diagnosis (takes no time, graded apart)</summary>
					<div class="arguments">
						<label>
							<span>Root</span>
							<select
								value={values["declare.service_id"] ?? ""}
								onChange={(event) =>
									setValues({
										...values,
										"declare.service_id": event.currentTarget.value,
									})
								}
							>
								<option value="">none</option>
								{services.map((one) => (
									<option key={one}>{one}</option>
								))}
							</select>
						</label>
						<label>
							<span>Fault</span>
							<select
								value={values["declare.fault_class"] ?? ""}
								onChange={(event) =>
									setValues({
										...values,
										"declare.fault_class": event.currentTarget.value,
									})
								}
							>
								<option value="">say nothing</option>
								{diagnosis.map((one) => (
									<option key={one} value={one}>
										{faultInWords(one)}
									</option>
								))}
							</select>
						</label>
					</div>
				</details>
			)}
			<div class="buttons">
				<button type="submit" class="main" aria-disabled={busy || isRunning}>
					{isRunning
						? "Running …"
						: isTraining
							? sentence(actionInWords(name))
							: `${sentence(actionInWords(name))}${name === "wait" ? " a minute" : ` ${chosenService}`}`}
				</button>
				<button
					type="button"
					aria-disabled={busy || isRunning}
					onClick={() => ask("finish", "Finished and scored.")}
				>
					Finish now
				</button>
				<CloseButton onClose={close} />
			</div>
		</form>
	);
	return (
		<section class="act" aria-label="Play by hand">
			<h2 ref={heading} tabIndex={-1}>
				{isOver ? "Episode over" : "Your move"}
			</h2>
			{!isOwn && (
				<p class="faint">
					This session was opened elsewhere; what you do here, its holder meets.
				</p>
			)}
			{form}
			<p
				id={`${id}-said`}
				class={`said ${said.kind}`}
				role={said.kind === "error" ? "alert" : "status"}
				aria-live="polite"
			>
				{said.text}
			</p>
		</section>
	);
}

function CloseButton({ onClose }: { readonly onClose: () => void }) {
	return (
		<button type="button" class="quiet" onClick={onClose}>
			Close the session
		</button>
	);
}

/** A field for an argument, by its type. */
function Field({
	argument: {
		name,
		description,
		type,
		required,
		minimum,
		maximum,
		choices,
		default_value,
	},
	value,
	onChange,
}: {
	readonly argument: ArgumentSpec;
	readonly value: string;
	readonly onChange: (value: string) => void;
}) {
	const id = useId();
	const told = default_value === "" ? "choose" : `unchanged (${default_value})`;
	const options = type === "boolean" ? ["true", "false"] : choices;
	return (
		<label title={description} htmlFor={id}>
			<span>{sentence(inWords(name))}</span>
			{options.length > 0 ? (
				<select
					id={id}
					value={value}
					required={required}
					onChange={(event) => onChange(event.currentTarget.value)}
				>
					<option value="">{told}</option>
					{options.map((one) => (
						<option key={one} value={one}>
							{type === "boolean"
								? one === "true"
									? "on"
									: "off"
								: one.replaceAll("_", " ")}
						</option>
					))}
				</select>
			) : (
				<input
					id={id}
					type="number"
					step={type === "integer" ? 1 : "any"}
					min={minimum ?? undefined}
					max={maximum ?? undefined}
					required={required}
					value={value}
					placeholder={
						minimum === null ? "" : `${toShort(minimum)} to ${toShort(maximum)}`
					}
					inputMode={type === "integer" ? "numeric" : "decimal"}
					onInput={(event) => onChange(event.currentTarget.value)}
				/>
			)}
		</label>
	);
}

function readForm(
	name: string,
	specs: readonly ArgumentSpec[],
	values: Readonly<Record<string, string>>,
	service: string,
): Record<string, unknown> {
	const action: Record<string, unknown> = { action: name };
	for (const { name: argument, type } of specs) {
		const text =
			type === "name" ? service : (values[`${name}.${argument}`] ?? "");
		if (text === "") continue;
		put(
			action,
			argument.split("."),
			type === "number" || type === "integer"
				? Number(text)
				: type === "boolean"
					? text === "true"
					: text,
		);
	}
	const root = values["declare.service_id"] ?? "";
	const fault = values["declare.fault_class"] ?? "";
	if (fault !== "")
		action.declare = {
			fault_class: fault,
			...(root !== "" && { service_id: root }),
		};
	return action;
}

function put(
	into: Record<string, unknown>,
	[first = "", ...rest]: readonly string[],
	value: unknown,
): void {
	if (rest.length === 0) {
		into[first] = value;
		return;
	}
	into[first] ??= {};
	put(into[first] as Record<string, unknown>, rest, value);
}

/** What can be declared; nothing where there are no diagnoses. */
function faultClasses(tools: readonly Tool[]): readonly string[] {
	return (
		tools[0]?.parameters.properties?.declare?.properties?.fault_class?.enum ??
		[]
	);
}

function firstChoice(task: Task): string {
	return task.environment === "sre"
		? "wait"
		: (task.actions[0]?.name ?? "configure_training");
}

/** How often an action can still be taken. */
function Left({ count }: { readonly count: number | undefined }) {
	return count === undefined ? null : (
		<small>
			{count}
			<span class="unseen"> left</span>
		</small>
	);
}

function sentence(words: string): string {
	return words.charAt(0).toUpperCase() + words.slice(1);
}
