import type { DataSetFamily } from "../data-set.js";
import { CIFAR_10 } from "./cifar-10.js";
import { FASHION_MNIST } from "./fashion-mnist.js";
import type { Manifest } from "./manifest.js";
import { MNIST } from "./mnist.js";

/** Every family's manifest. */
export const MANIFESTS: Readonly<Record<DataSetFamily, Manifest>> = {
	mnist: MNIST,
	"fashion-mnist": FASHION_MNIST,
	"cifar-10": CIFAR_10,
};
