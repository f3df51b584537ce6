import type { Manifest } from "./manifest.js";

/** CIFAR-10: small photographs, 50,000 train and 10,000 test images of 32x32 pixels in colour (Krizhevsky, 2009). */
export const CIFAR_10: Manifest = {
	family: "cifar-10",
	title: "CIFAR-10",
	shape: [32, 32, 3],
	classes: [
		"airplane",
		"automobile",
		"bird",
		"cat",
		"deer",
		"dog",
		"frog",
		"horse",
		"ship",
		"truck",
	],
	// Over the 50,000 official train images, as most public training recipes give them.
	mean: [0.4914, 0.4822, 0.4465],
	deviation: [0.247, 0.2435, 0.2616],
	licence:
		'As CIFAR-10: no licence is stated; cite Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009',
	format: {
		kind: "cifar-binary",
		train: [
			"data_batch_1.bin",
			"data_batch_2.bin",
			"data_batch_3.bin",
			"data_batch_4.bin",
			"data_batch_5.bin",
		],
		test: "test_batch.bin",
	},
	published: {
		mirrors: ["https://www.cs.toronto.edu/~kriz/"],
		files: [
			{
				name: "cifar-10-binary.tar.gz",
				bytes: 170_052_171,
				sha256:
					"c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
			},
		],
		contents: [
			{
				name: "data_batch_1.bin",
				bytes: 30_730_000,
				sha256:
					"cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
			},
			{
				name: "data_batch_2.bin",
				bytes: 30_730_000,
				sha256:
					"a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
			},
			{
				name: "data_batch_3.bin",
				bytes: 30_730_000,
				sha256:
					"bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
			},
			{
				name: "data_batch_4.bin",
				bytes: 30_730_000,
				sha256:
					"014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
			},
			{
				name: "data_batch_5.bin",
				bytes: 30_730_000,
				sha256:
					"755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
			},
			{
				name: "test_batch.bin",
				bytes: 30_730_000,
				sha256:
					"8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
			},
		],
		checksumSource:
			"The archive's MD5 on the author's page is c32a1d4ab5d03f1284b67883e8d87530; its SHA-256 and those of its files as torchvision's Ruby port (torchvision-ruby) and others pin them.",
	},
};
