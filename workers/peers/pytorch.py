"""Trains a network with PyTorch, step by step as it is told, and times such training.

Reads one JSON object a line from standard input and answers each with one line of JSON on standard output: {"error": "..."} where it could not be
done. The first line that it writes tells whether PyTorch is here. Arrays are base64 of little-endian float32 (labels: int32). Weights and
moments are flat, in the order and layout of workers/network.ts (convolutions height x width x in x out, dense layers in x out, images and
flattening height x width x channels). Numbers that are not finite are written as strings.

Commands, by the field "command":
  restore   network, weights, first, second, steps
  step      images, labels, count, optimizer (sgd, adam, adamw), learningRate, weightDecay, masks (or null): loss, gradientNorm
  evaluate  images, labels, count: lossSum, correct
  snapshot  weights, first, second, steps
  time      network, variant, batchSize, warmUp, batches, learningRate: milliseconds of each step on random images in memory, Adam
  peak      size, repeats: gigaflops of the best float32 matrix product of size x size

Variants of `time`:
  usual       nn.Sequential, NCHW, torch.optim.Adam
  best        channels last, fused Adam
  usual-bf16, best-bf16   the same with forward pass and loss under bfloat16 autocast
"""

import argparse
import array
import base64
import json
import math
import sys
import time


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--threads", type=int, default=1, help="threads of an operation (1)"
    )
    arguments = parser.parse_args()
    if arguments.threads < 1:
        parser.error("--threads must be 1 or more")
    return arguments


def answer(fields):
    print(json.dumps({key: readable(value) for key, value in fields.items()}), flush=True)


def readable(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


arguments = parse_arguments()
try:
    import torch
    from torch import nn
except Exception as error:  # A broken installation can raise anything.
    answer({"torch": None, "why": f"{type(error).__name__}: {error}"})
    sys.exit(0)

torch.set_num_threads(arguments.threads)
torch.set_num_interop_threads(1)

MOMENTUM = 0.9
BETAS = (0.9, 0.999)
EPSILON = 1e-8


class GivenDropout(nn.Module):
    """Multiplies by a mask that is given; by nothing where there is none."""

    def __init__(self):
        super().__init__()
        self.mask = None

    def forward(self, x):
        return x if self.mask is None else x * self.mask


def build(network, with_masks):
    """The network as an nn.Sequential, and for each of its parameters how it is laid out here and there."""
    height, width, channels = network["input"]
    flat = None
    # Height, width and channels that the last flatten took, until a dense layer has read them.
    flattened = None
    modules, layouts = [], []
    last = len(network["layers"]) - 1
    for index, layer in enumerate(network["layers"]):
        kind = layer["kind"]
        if kind == "convolution":
            filters = layer["filters"]
            modules += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            layouts += [Kernel(channels, filters), Plain(filters)]
            channels = filters
        elif kind == "max-pooling":
            modules.append(nn.MaxPool2d(2))
            height, width = height // 2, width // 2
        elif kind == "flatten":
            modules.append(nn.Flatten())
            flattened = (height, width, channels)
            flat = height * width * channels
        elif kind == "dense":
            units = layer["units"]
            modules.append(nn.Linear(flat, units))
            layouts += [Matrix(flattened or (1, 1, flat), units), Plain(units)]
            flat, flattened = units, None
            if index != last:
                modules.append(nn.ReLU())
                if with_masks:
                    modules.append(GivenDropout())
        else:
            raise ValueError(f"a layer of kind {kind} is not known")
    return nn.Sequential(*modules), layouts


class Plain:
    """A bias: the same in both."""

    def __init__(self, units):
        self.size = units

    def to_torch(self, values):
        return values.clone()

    def from_torch(self, tensor):
        return tensor


class Kernel:
    """A convolution: height x width x in x out there, out x in x height x width here."""

    def __init__(self, channels, filters):
        self.shape = (3, 3, channels, filters)
        self.size = 9 * channels * filters

    def to_torch(self, values):
        return values.view(self.shape).permute(3, 2, 0, 1).contiguous()

    def from_torch(self, tensor):
        return tensor.permute(2, 3, 1, 0)


class Matrix:
    """A dense layer: (height x width x channels) x out there, out x (channels x height x width) here."""

    def __init__(self, image, units):
        self.image = image
        self.units = units
        self.size = math.prod(image) * units

    def to_torch(self, values):
        rows = values.view(*self.image, self.units).permute(3, 2, 0, 1)
        return rows.reshape(self.units, -1).contiguous()

    def from_torch(self, tensor):
        height, width, channels = self.image
        return tensor.view(self.units, channels, height, width).permute(2, 3, 1, 0)


def decode(text, dtype):
    data = bytearray(base64.b64decode(text))
    return torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)


def encode(tensors):
    """The tensors' numbers one after the other."""
    values = array.array("f")
    for tensor in tensors:
        values.extend(tensor.detach().reshape(-1).tolist())
    return base64.b64encode(values.tobytes()).decode("ascii")


class Training:
    """A model with weights and moments that are given, trained by torch.optim."""

    def __init__(self, network, state):
        self.network = network
        self.model, self.layouts = build(network, with_masks=True)
        self.parameters = list(self.model.parameters())
        self.dropouts = [m for m in self.model if isinstance(m, GivenDropout)]
        self.units = [
            layer["units"] for layer in network["layers"] if layer["kind"] == "dense"
        ][:-1]
        with torch.no_grad():
            for parameter, values in zip(self.parameters, self.split(state["weights"])):
                parameter.copy_(values)
        self.first = self.split(state["first"])
        self.second = self.split(state["second"])
        self.steps = state["steps"]
        self.optimizer = None
        self.name = None

    def split(self, text):
        flat = decode(text, torch.float32)
        needed = sum(layout.size for layout in self.layouts)
        if len(flat) != needed:
            raise ValueError(f"{len(flat)} numbers were given instead of {needed}")
        parts = flat.split([layout.size for layout in self.layouts])
        return [layout.to_torch(part) for layout, part in zip(self.layouts, parts)]

    def start(self, name):
        """The optimizer, with the moments that were given; PyTorch makes those of 0 itself."""
        optim = torch.optim
        if name == "sgd":
            self.optimizer = optim.SGD(self.parameters, lr=0.0, momentum=MOMENTUM)
        elif name in ("adam", "adamw"):
            kind = optim.Adam if name == "adam" else optim.AdamW
            self.optimizer = kind(self.parameters, lr=0.0, betas=BETAS, eps=EPSILON)
        else:
            raise ValueError(f"an optimizer {name} is not known")
        self.name = name
        if self.steps == 0:
            return
        for parameter, first, second in zip(self.parameters, self.first, self.second):
            self.optimizer.state[parameter] = (
                {"momentum_buffer": first}
                if name == "sgd"
                else {
                    "step": torch.tensor(float(self.steps)),
                    "exp_avg": first,
                    "exp_avg_sq": second,
                }
            )

    def step(self, request):
        if self.optimizer is None:
            self.start(request["optimizer"])
        if self.name != request["optimizer"]:
            raise ValueError("the optimizer changes; restore the state before")
        for group in self.optimizer.param_groups:
            group["lr"] = request["learningRate"]
            group["weight_decay"] = request["weightDecay"]
        count = request["count"]
        self.set_masks(request["masks"], count)
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(self.images(request)), self.labels(request))
        loss.backward()
        squares = [p.grad.double().square().sum() for p in self.parameters]
        norm = torch.stack(squares).sum().sqrt().item()
        self.optimizer.step()
        self.steps += 1
        return {"loss": loss.item(), "gradientNorm": norm}

    def evaluate(self, request):
        self.set_masks(None, request["count"])
        with torch.no_grad():
            logits = self.model(self.images(request))
            labels = self.labels(request)
            loss = nn.functional.cross_entropy(logits, labels, reduction="sum")
            return {
                "lossSum": loss.item(),
                "correct": int((logits.argmax(1) == labels).sum()),
            }

    def snapshot(self):
        def flat(tensors):
            return encode(
                layout.from_torch(tensor)
                for layout, tensor in zip(self.layouts, tensors)
            )

        first, second = self.first, self.second
        if self.optimizer is not None and self.optimizer.state:
            states = [self.optimizer.state[p] for p in self.parameters]
            if self.name == "sgd":
                first = [s["momentum_buffer"] for s in states]
            else:
                first = [s["exp_avg"] for s in states]
                second = [s["exp_avg_sq"] for s in states]
        return {
            "weights": flat(self.parameters),
            "first": flat(first),
            "second": flat(second),
            "steps": self.steps,
        }

    def set_masks(self, masks, count):
        if masks is not None and len(masks) != len(self.dropouts):
            raise ValueError(
                f"{len(masks)} masks were given instead of {len(self.dropouts)}"
            )
        for index, dropout in enumerate(self.dropouts):
            dropout.mask = (
                None
                if masks is None
                else decode(masks[index], torch.float32).view(count, self.units[index])
            )

    def images(self, request):
        images = decode(request["images"], torch.float32)
        shape = (request["count"], *self.network["input"])
        return images.view(shape).permute(0, 3, 1, 2).contiguous()

    def labels(self, request):
        return decode(request["labels"], torch.int32).long()


VARIANTS = ("usual", "best", "usual-bf16", "best-bf16")


def time_training(request):
    variant = request["variant"]
    if variant not in VARIANTS:
        raise ValueError(f"a variant {variant} is not known; there are {', '.join(VARIANTS)}")
    best = variant.startswith("best")
    half = variant.endswith("bf16")
    torch.manual_seed(1)
    model, _ = build(request["network"], with_masks=False)
    model.train()
    if best:
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(
        model.parameters(), lr=request["learningRate"], **({"fused": True} if best else {})
    )
    height, width, channels = request["network"]["input"]
    size = request["batchSize"]
    batches = [
        (torch.randn(size, channels, height, width), torch.randint(10, (size,)))
        for _ in range(min(HELD_BATCHES, request["batches"]))
    ]
    if best:
        batches = [
            (images.contiguous(memory_format=torch.channels_last), labels)
            for images, labels in batches
        ]
    criterion = nn.CrossEntropyLoss()

    def step(images, labels):
        optimizer.zero_grad()
        if half:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = criterion(model(images), labels)
        else:
            loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    milliseconds = []
    for index in range(request["warmUp"] + request["batches"]):
        images, labels = batches[index % len(batches)]
        started = time.perf_counter()
        step(images, labels)
        ended = time.perf_counter()
        if index >= request["warmUp"]:
            milliseconds.append(1000 * (ended - started))
    return {"milliseconds": milliseconds}


# Different batches that are held in memory; longer runs take them in turn.
HELD_BATCHES = 32


def matrix_product_peak(request):
    size = request["size"]
    a, b = torch.randn(size, size), torch.randn(size, size)
    out = torch.empty(size, size)
    seconds = math.inf
    for _ in range(1 + request["repeats"]):
        started = time.perf_counter()
        torch.mm(a, b, out=out)
        seconds = min(seconds, time.perf_counter() - started)
    return {"gigaflops": 2 * size**3 / seconds / 1e9}


def main():
    training = None
    answer(
        {
            "torch": torch.__version__,
            "threads": torch.get_num_threads(),
            "instructions": torch.backends.cpu.get_cpu_capability(),
        }
    )
    for line in sys.stdin:
        try:
            request = json.loads(line)
            command = request["command"]
            if command == "restore":
                training = Training(request["network"], request)
                answer({})
            elif command == "time":
                answer(time_training(request))
            elif command == "peak":
                answer(matrix_product_peak(request))
            elif command not in ("step", "evaluate", "snapshot"):
                raise ValueError(f"a command {command} is not known")
            elif training is None:
                raise ValueError("restore a state before anything else")
            elif command == "step":
                answer(training.step(request))
            elif command == "evaluate":
                answer(training.evaluate(request))
            else:
                answer(training.snapshot())
        except Exception as error:
            answer({"error": f"{type(error).__name__}: {error}"})


main()
