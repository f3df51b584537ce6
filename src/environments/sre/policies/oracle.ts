import type { SreObservation__Output } from "../../../../proto/generated/nightshift/v1/SreObservation.js";
import { onlyOnTheServer, type Policy } from "../../policy.js";
import type { HiddenService, HiddenState } from "../incident.js";
import type { ActionName, Intervention } from "../simulator/actions.js";
import { moveAt } from "./moves.js";

/**
 * Sees what no agent sees, and does the listed fix of the fault at its root: the upper end of the ladder of policies. It plans nothing, so that the
 * ceiling is a little above it.
 */
export const oracle: Policy = {
	name: "oracle",
	version: 1,
	environment: "sre",
	description:
		"Privileged: sees the hidden fault and its root, and does the listed fix; runs only where the server itself plays.",
	start: onlyOnTheServer,
	startPrivileged(_task, _seed, look) {
		const link = new LinkWatch();
		let scaled = false;
		let breakers = 0;
		return ({ sre }) => {
			const seen = sre as SreObservation__Output;
			const hidden = look();
			const place = hidden.services.findIndex(
				({ service_id }) => service_id === hidden.root_service_id,
			);
			const root = hidden.services[place];
			if (root === undefined) return { wait: {} };
			link.look(root);
			const name = fixOf(hidden, root, {
				step: seen.step,
				scaled,
				breakers,
				link,
			});
			if (name === "wait" && hidden.fault === "traffic_surge") {
				const overloaded = mostOverloaded(hidden.services);
				if (overloaded !== undefined && seen.step < LAST_MOP_UP)
					return moveAt(seen, "circuit_break", overloaded);
			}
			if (name === "scale_up") scaled = true;
			if (name === "circuit_break") breakers++;
			return moveAt(seen, name, place);
		};
	},
};

interface Memory {
	readonly step: number;
	readonly scaled: boolean;
	readonly breakers: number;
	readonly link: LinkWatch;
}

function fixOf(
	{ fault, fixes, fixed }: HiddenState,
	root: HiddenService,
	{ step, scaled, breakers, link }: Memory,
): ActionName {
	if (fixed || root.down_steps > 0 || root.breaker_steps > 0) return "wait";
	switch (fault) {
		case "traffic_surge":
			return scaled ? "wait" : "scale_up";
		case "retry_storm":
			if (root.utilisation <= 0.95) return "wait";
			return breakers >= 2 && !scaled ? "scale_up" : "circuit_break";
		case "flapping_network":
			return link.staysBad ? "circuit_break" : "wait";
		case "provider_brownout":
			return step < 20 && isBad(root) ? "circuit_break" : "wait";
		case "cache_cold":
			return root.utilisation > 0.95 ? "circuit_break" : "wait";
		default:
			return (fixes[0] as Intervention | undefined) ?? "wait";
	}
}

/** A breaker that opens later than this is still open when the episode ends. */
const LAST_MOP_UP = 27;

/** The place of the service behind the gateway that has most to do, above what it can, and is not helped already. */
function mostOverloaded(
	services: readonly HiddenService[],
): number | undefined {
	let worst: number | undefined;
	let most = 1;
	services.forEach((service, place) => {
		const { utilisation, breaker_steps, scale_up_in } = service;
		if (place === 0 || breaker_steps > 0 || scale_up_in > 0) return;
		if (utilisation <= most) return;
		worst = place;
		most = utilisation;
	});
	return worst;
}

function isBad({ latency_p99, error_rate }: HiddenService): boolean {
	return latency_p99 > 100 || error_rate > 0.01;
}

/** Follows a flapping link, whose phases last two steps at least: when it has just turned bad it is bad in the next step, too. */
class LinkWatch {
	staysBad = false;
	private wasBad = false;
	private steps = 0;

	look({ error_rate, breaker_steps, down_steps }: HiddenService): void {
		if (breaker_steps > 0 || down_steps > 0) {
			this.steps = 0;
			this.staysBad = false;
			return;
		}
		const bad = error_rate > 0.05;
		// Of the phase in which it begins nothing is known.
		this.staysBad = bad && this.steps > 0 && !this.wasBad;
		this.wasBad = bad;
		this.steps++;
	}
}
