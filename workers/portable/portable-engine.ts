import type { Engine, Model } from "../engine.js";
import { portableName } from "../engine-name.js";
import type { Network } from "../network.js";
import { PortableModel } from "./portable-model.js";

/**
 * The engine for where native TensorFlow cannot be had: plain JavaScript, the same results on every machine whose Math.exp, Math.log and powers
 * are the same. JavaScript's standard does not fix their last bits, so the name says which they are.
 */
export function createPortableEngine(): Engine {
	const models = new Map<string, PortableModel>();
	return {
		name: portableName(),
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
