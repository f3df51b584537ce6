/** A layer with memory for a number of images, its capacity. What it returns stands in that memory, until its next call. */
export interface Layer {
	/** Gives the output of `count` images and keeps what `backward` needs of them. */
	forward(input: Float32Array, count: number): Float32Array;
	/**
	 * From the loss gradient at the output of the last `forward` (which it may overwrite) writes that of its parameters and gives that at
	 * its input; undefined for a layer before which nothing is trained.
	 */
	backward(gradient: Float32Array, count: number): Float32Array | undefined;
}

/** A layer's parts of the model's flat arrays. */
export interface LayerParameters {
	readonly kernel: Float32Array;
	readonly bias: Float32Array;
	readonly kernelGradient: Float32Array;
	readonly biasGradient: Float32Array;
}
