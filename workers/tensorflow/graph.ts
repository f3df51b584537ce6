import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

/** A tensor in a graph: "node" for a node's first output, "node:1" for its second. */
export type Tensor = string;

export const FLOAT = 1;
export const INT32 = 3;
export const INT64 = 9;
export const BOOL = 10;
export const BFLOAT16 = 14;
export const RESOURCE = 20;
export type DataType =
	| typeof FLOAT
	| typeof INT32
	| typeof INT64
	| typeof BOOL
	| typeof BFLOAT16
	| typeof RESOURCE;

export type Attribute = Readonly<Record<string, unknown>>;
export const typeOf = (type: DataType): Attribute => ({ type });
export const integers = (i: readonly number[]): Attribute => ({ list: { i } });
export const text = (s: string): Attribute => ({ s: Buffer.from(s) });
export const flag = (b: boolean): Attribute => ({ b });

/** -1 for a size that is known only when the graph runs. */
const shapeOf = (sizes: readonly number[]) => ({
	dim: sizes.map((size) => ({ size })),
});

/**
 * Writes a TensorFlow graph as a SavedModel, in the few messages of TensorFlow's own protocol buffers that it takes (field numbers of
 * tensorflow/core/protobuf/{saved_model,meta_graph}.proto and core/framework/*.proto, 2.21).
 */
export class Graph {
	private readonly nodes: {
		name: string;
		op: string;
		input: string[];
		attr: Record<string, Attribute>;
	}[] = [];
	private readonly signatures: Record<
		string,
		{ inputs: object; outputs: object; method_name: string }
	> = {};
	private readonly placeholders = new Map<
		string,
		{ type: DataType; shape: readonly number[] }
	>();

	/** Adds a node; `after` names nodes that must have run before it. */
	add(
		op: string,
		inputs: readonly Tensor[],
		attributes: Record<string, Attribute> = {},
		after: readonly string[] = [],
		name = `${op}_${this.nodes.length}`,
	): Tensor {
		this.nodes.push({
			name,
			op,
			input: [...inputs, ...after.map((node) => `^${node}`)],
			attr: attributes,
		});
		return name;
	}

	/** Adds an operation whose only attribute is the float type T. */
	float(op: string, ...inputs: readonly Tensor[]): Tensor {
		return this.add(op, inputs, { T: typeOf(FLOAT) });
	}

	placeholder(name: string, type: DataType, shape: readonly number[]): Tensor {
		this.placeholders.set(name, { type, shape });
		return this.add(
			"Placeholder",
			[],
			{ dtype: typeOf(type), shape: { shape: shapeOf(shape) } },
			[],
			name,
		);
	}

	scalar(value: number): Tensor {
		return this.add("Const", [], {
			dtype: typeOf(FLOAT),
			value: {
				tensor: { dtype: FLOAT, tensor_shape: shapeOf([]), float_val: [value] },
			},
		});
	}

	/** A constant of int32: a vector, or a scalar for a number. */
	ints(values: number | readonly number[]): Tensor {
		const list = typeof values === "number" ? [values] : [...values];
		const shape = shapeOf(typeof values === "number" ? [] : [list.length]);
		return this.add("Const", [], {
			dtype: typeOf(INT32),
			value: { tensor: { dtype: INT32, tensor_shape: shape, int_val: list } },
		});
	}

	cast(value: Tensor, from: DataType, to: DataType): Tensor {
		return this.add("Cast", [value], {
			SrcT: typeOf(from),
			DstT: typeOf(to),
			Truncate: flag(false),
		});
	}

	/** Equal pieces along the first dimension, in order. */
	split(value: Tensor, type: DataType, pieces: number): Tensor[] {
		if (pieces === 1) return [value];
		const node = this.add("Split", [this.ints(0), value], {
			T: typeOf(type),
			num_split: { i: pieces },
		});
		return outputsOf(node, pieces);
	}

	/** The numbers of a vector of float32, each as a scalar. */
	unpack(vector: Tensor, count: number): Tensor[] {
		const node = this.add("Unpack", [vector], {
			T: typeOf(FLOAT),
			num: { i: count },
			axis: { i: 0 },
		});
		return outputsOf(node, count);
	}

	/** The sum of tensors of one shape, of float32. */
	total(values: readonly Tensor[]): Tensor {
		if (values.length === 1) return values[0] as Tensor;
		return this.add("AddN", values, {
			T: typeOf(FLOAT),
			N: { i: values.length },
		});
	}

	/** Scalars of float32 as one vector. */
	pack(values: readonly Tensor[]): Tensor {
		return this.add("Pack", values, {
			T: typeOf(FLOAT),
			N: { i: values.length },
			axis: { i: 0 },
		});
	}

	matrixProduct(
		a: Tensor,
		b: Tensor,
		transposeA: boolean,
		transposeB: boolean,
	): Tensor {
		return this.add("MatMul", [a, b], {
			T: typeOf(FLOAT),
			transpose_a: flag(transposeA),
			transpose_b: flag(transposeB),
		});
	}

	/** Declares something that can be run: the placeholders to feed and the tensors to fetch. */
	signature(
		name: string,
		inputs: readonly string[],
		outputs: Readonly<Record<string, { tensor: Tensor; type: DataType }>>,
	): void {
		const info = (tensor: Tensor, dtype: DataType, tensor_shape: object) => ({
			name: tensor.includes(":") ? tensor : `${tensor}:0`,
			dtype,
			tensor_shape,
		});
		this.signatures[name] = {
			inputs: Object.fromEntries(
				inputs.map((input) => {
					const placeholder = this.placeholders.get(input);
					if (placeholder === undefined)
						throw new Error(
							`signature ${name}: no placeholder is called ${input}`,
						);
					return [
						input,
						info(input, placeholder.type, shapeOf(placeholder.shape)),
					];
				}),
			),
			outputs: Object.fromEntries(
				Object.entries(outputs).map(([key, { tensor, type }]) => [
					key,
					info(tensor, type, { unknown_rank: true }),
				]),
			),
			method_name: "tensorflow/serving/predict",
		};
	}

	/** Writes `saved_model.pb` into a folder, which is made where it is missing; without its nodes if asked, which is then signatures alone. */
	save(folder: string, { nodes = true } = {}): void {
		mkdirSync(folder, { recursive: true });
		const savedModel = {
			saved_model_schema_version: 1,
			meta_graphs: [
				{
					meta_info_def: { tags: ["serve"], tensorflow_version: "2.9.1" },
					graph_def: {
						node: nodes ? this.nodes : [],
						versions: { producer: 1000 },
					},
					signature_def: this.signatures,
				},
			],
		};
		writeFileSync(
			join(folder, "saved_model.pb"),
			SavedModel.encode(SavedModel.fromObject(savedModel)).finish(),
		);
	}
}

const outputsOf = (node: string, count: number): Tensor[] =>
	Array.from({ length: count }, (_, index) => `${node}:${index}`);

const SavedModel = protobuf
	.parse(
		`syntax = "proto3";
    message Shape { message Dim { int64 size = 1; } repeated Dim dim = 2; bool unknown_rank = 3; }
    message Tensor { int32 dtype = 1; Shape tensor_shape = 2; repeated float float_val = 5; repeated int32 int_val = 7; }
    message List { repeated int64 i = 3; }
    message Attr { oneof value { List list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6; Shape shape = 7; Tensor tensor = 8; } }
    message Node { string name = 1; string op = 2; repeated string input = 3; map<string, Attr> attr = 5; }
    message Versions { int32 producer = 1; }
    message GraphDef { repeated Node node = 1; Versions versions = 4; }
    message TensorInfo { string name = 1; int32 dtype = 2; Shape tensor_shape = 3; }
    message Signature { map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3; }
    message MetaInfo { repeated string tags = 4; string tensorflow_version = 5; }
    message MetaGraph { MetaInfo meta_info_def = 1; GraphDef graph_def = 2; map<string, Signature> signature_def = 5; }
    message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraph meta_graphs = 2; }`,
		{ keepCase: true },
	)
	.root.lookupType("SavedModel");
