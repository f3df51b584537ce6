import type { Manifest } from "./manifest.js";

/** Fashion-MNIST: photographs of garments, 60,000 train and 10,000 test images of 28x28 grey values (Zalando Research, 2017). */
export const FASHION_MNIST: Manifest = {
	family: "fashion-mnist",
	title: "Fashion-MNIST",
	shape: [28, 28, 1],
	classes: [
		"T-shirt/top",
		"Trouser",
		"Pullover",
		"Dress",
		"Coat",
		"Sandal",
		"Shirt",
		"Sneaker",
		"Bag",
		"Ankle boot",
	],
	// Over the official train file; recomputed from Debian's copy in manifests.test.ts.
	mean: [0.286],
	deviation: [0.353],
	licence: "MIT",
	format: {
		kind: "idx",
		train: {
			images: "train-images-idx3-ubyte",
			labels: "train-labels-idx1-ubyte",
		},
		test: {
			images: "t10k-images-idx3-ubyte",
			labels: "t10k-labels-idx1-ubyte",
		},
	},
	published: {
		// The authors' bucket is served as a website, so the second mirror has no TLS; the checksum makes up for it.
		mirrors: [
			"https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
			"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
		],
		files: [
			{
				name: "train-images-idx3-ubyte.gz",
				bytes: 26_421_880,
				sha256:
					"3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
			},
			{
				name: "train-labels-idx1-ubyte.gz",
				bytes: 29_515,
				sha256:
					"a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
			},
			{
				name: "t10k-images-idx3-ubyte.gz",
				bytes: 4_422_102,
				sha256:
					"346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
			},
			{
				name: "t10k-labels-idx1-ubyte.gz",
				bytes: 5_148,
				sha256:
					"67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
			},
		],
		contents: [
			{
				name: "train-images-idx3-ubyte",
				bytes: 47_040_016,
				sha256:
					"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
			},
			{
				name: "train-labels-idx1-ubyte",
				bytes: 60_008,
				sha256:
					"bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
			},
			{
				name: "t10k-images-idx3-ubyte",
				bytes: 7_840_016,
				sha256:
					"5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
			},
			{
				name: "t10k-labels-idx1-ubyte",
				bytes: 10_008,
				sha256:
					"0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
			},
		],
		checksumSource:
			"SHA-256 sums of the files as public repositories pin them; files and contents both confirmed from Debian's package dataset-fashion-mnist, whose files are the authors' with another gzip header (manifests.test.ts).",
	},
};
