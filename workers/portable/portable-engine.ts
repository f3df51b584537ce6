import type { Engine, Model } from "../engine.js";
import type { Network } from "../network.js";
import { PortableModel } from "./portable-model.js";

/**
 * The engine for where native TensorFlow cannot be had: plain JavaScript, the same results on every machine. Only Math.exp, Math.log and
 * powers are not fixed by JavaScript's standard to the last bit, and they come with V8, so its version stands in the name.
 */
export function createPortableEngine(): Engine {
	const models = new Map<string, PortableModel>();
	return {
		name: `portable-1 (javascript, v8 ${process.versions.v8.split(".", 2).join(".")}, float32)`,
		model(network: Network): Model {
			const key = JSON.stringify(network);
			let model = models.get(key);
			if (model === undefined) {
				model = new PortableModel(network);
				models.set(key, model);
			}
			return model;
		},
	};
}
