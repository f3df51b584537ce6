/**
 * A network as data. Every convolution is 3x3, stride 1, padded to keep its size, and followed by ReLU; every pooling is a 2x2 maximum
 * with stride 2. The last dense layer gives the logits; the dense layers before it are hidden: ReLU, then dropout.
 */
export interface Network {
	readonly name: string;
	/** [height, width, channels] of an image. */
	readonly input: readonly [number, number, number];
	readonly layers: readonly Layer[];
}

export type Layer =
	| { readonly kind: "convolution"; readonly filters: number }
	| { readonly kind: "max-pooling" }
	| { readonly kind: "flatten" }
	| { readonly kind: "dense"; readonly units: number };

/** One trainable tensor. All of a network's stand one after the other, in this order, in the flat arrays of a `ModelState`. */
export interface Parameter {
	readonly name: string;
	/** [3, 3, in, out] of a convolution, [in, out] of a dense layer, [out] of a bias. */
	readonly shape: readonly number[];
	readonly size: number;
	/** Where it begins in the flat array. */
	readonly offset: number;
	/** Inputs of one unit, for He's rule; 0 for biases, which begin at 0. */
	readonly fanIn: number;
}

/** The network's parameters in order. Throws for a network whose layers do not fit each other. */
export function parametersOf(network: Network): Parameter[] {
	const parameters: Parameter[] = [];
	let offset = 0;
	const add = (name: string, shape: readonly number[], fanIn: number) => {
		const size = product(shape);
		parameters.push({ name, shape, size, offset, fanIn });
		offset += size;
	};
	let shape: readonly number[] = network.input;
	network.layers.forEach((layer, index) => {
		const output = outputShape(network, layer, shape);
		if (layer.kind === "convolution") {
			const channels = shape[2] as number;
			add(`kernel_${index}`, [3, 3, channels, layer.filters], 9 * channels);
			add(`bias_${index}`, [layer.filters], 0);
		} else if (layer.kind === "dense") {
			const inputs = shape[0] as number;
			add(`kernel_${index}`, [inputs, layer.units], inputs);
			add(`bias_${index}`, [layer.units], 0);
		}
		shape = output;
	});
	return parameters;
}

export function parameterCount(network: Network): number {
	return parametersOf(network).reduce((sum, { size }) => sum + size, 0);
}

/** Shapes without the batch: that of the input, then that after each layer. */
export function layerShapes(network: Network): (readonly number[])[] {
	const shapes: (readonly number[])[] = [network.input];
	for (const layer of network.layers)
		shapes.push(
			outputShape(network, layer, shapes.at(-1) as readonly number[]),
		);
	return shapes;
}

/** Units of each hidden dense layer, in order: the shapes of the dropout masks. */
export function hiddenUnits(network: Network): number[] {
	const dense = network.layers.flatMap((layer) =>
		layer.kind === "dense" ? [layer.units] : [],
	);
	return dense.slice(0, -1);
}

export function product(values: readonly number[]): number {
	return values.reduce((a, b) => a * b, 1);
}

function outputShape(
	network: Network,
	layer: Layer,
	shape: readonly number[],
): readonly number[] {
	const [height, width] = shape as [number, number];
	switch (layer.kind) {
		case "convolution":
			if (shape.length !== 3)
				throw new Error(
					`network ${network.name}: a convolution needs [height, width, channels], not [${shape.join()}]`,
				);
			return [height, width, layer.filters];
		case "max-pooling":
			if (shape.length !== 3)
				throw new Error(
					`network ${network.name}: max-pooling needs [height, width, channels], not [${shape.join()}]`,
				);
			if (height < 2 || width < 2)
				throw new Error(
					`network ${network.name}: max-pooling needs at least 2 x 2 pixels, not [${shape.join()}]`,
				);
			return [height >> 1, width >> 1, shape[2] as number];
		case "flatten":
			return [product(shape)];
		case "dense":
			if (shape.length !== 1)
				throw new Error(
					`network ${network.name}: a dense layer needs a flat input, not [${shape.join()}]`,
				);
			return [layer.units];
	}
}
