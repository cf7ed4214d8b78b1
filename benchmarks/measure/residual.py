"""What skips do for a deep network: the same net with and without them, its gradients and features by depth.

Recorded for the lecture's page, in src/muslin/lecture/recorded: narrow networks of 3x3 convolutions learn 4,000
training pictures of Fashion-MNIST, and at some steps the root mean squares of each convolution's gradient and output
are kept.

python -m benchmarks.measure.residual
"""

import json
import math
import time
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from muslin.data.sources.registry import load_splits
from muslin.files import write_whole

RECORD = Path(__file__).parents[2] / "src" / "muslin" / "lecture" / "recorded" / "residual.json"
DEPTHS = (8, 20, 38)  # layers with weights, the head among them
CHANNELS = 8
PICTURES, BATCH, STEPS = 4000, 64, 240
LR, MOMENTUM = 0.05, 0.9
SEED = 0
KEPT = (*range(10), *range(10, 40, 5), *range(40, STEPS + 1, 10))  # steps
DIGITS = 4


class Deep(nn.Module):
    """A stem of stride 2, `depth - 2` convolutions in pairs, the mean over the picture, and a linear head.

    Args:
        depth: layers with weights, an even number: the stem, the convolutions and the head.
        skips: whether a way leads around every pair.
        norms: whether every convolution is followed by batch normalisation.
    """

    def __init__(self, depth: int, *, skips: bool, norms: bool) -> None:
        super().__init__()
        self.skips = skips
        convolutions = [nn.Conv2d(1, CHANNELS, 3, 2, padding=1, bias=False)]
        convolutions += [nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False) for _ in range(depth - 2)]
        for each in convolutions:
            nn.init.kaiming_normal_(each.weight, nonlinearity="relu")
        self.convolutions = nn.ModuleList(convolutions)
        self.norms = nn.ModuleList(nn.BatchNorm2d(CHANNELS) if norms else nn.Identity() for _ in convolutions)
        self.head = nn.Linear(CHANNELS, 10)

    def forward(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Returns logits, (B, 10), and the output of each convolution's activation, (B, C, h, w) each."""
        layers = list(zip(self.convolutions, self.norms, strict=True))
        x = F.relu(layers[0][1](layers[0][0](images)))
        features = [x]
        for (first, first_norm), (second, second_norm) in zip(layers[1::2], layers[2::2], strict=True):
            inside = F.relu(first_norm(first(x)))
            out = second_norm(second(inside))
            x = F.relu(out + x if self.skips else out)
            features += [inside, x]
        return self.head(x.mean((2, 3))), features


def main() -> None:
    """Trains and writes the record."""
    torch.set_num_threads(1)
    data = load_splits("fashion-mnist")
    chosen = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(SEED))[:PICTURES]
    images = (data.train.images[chosen].float() / 255 - data.spec.mean[0]) / data.spec.std[0]
    start = time.perf_counter()
    nets = [
        trained(images, data.train.labels[chosen], depth, skips=skips, norms=norms)
        for depth in DEPTHS for norms in (False, True) for skips in (False, True)
    ]  # fmt: skip
    record = {
        "settings": {
            "channels": CHANNELS, "pictures": PICTURES, "batch": BATCH, "steps": STEPS, "lr": LR, "momentum": MOMENTUM,
            "seed": SEED, "torch": torch.__version__.split("+")[0],
        },
        "depths": DEPTHS, "steps": KEPT, "nets": nets,
    }  # fmt: skip
    RECORD.parent.mkdir(exist_ok=True)
    write_whole(RECORD, json.dumps(record, separators=(",", ":")) + "\n")
    print(f"{RECORD.name}: {RECORD.stat().st_size / 1e3:.0f} kB in {time.perf_counter() - start:.0f} s")


def trained(
    images: Tensor, labels: Tensor, depth: int, *, skips: bool, norms: bool, steps: int = STEPS
) -> dict[str, Any]:
    """Trains one net by SGD, and returns what was seen of it at the steps that are kept.

    The last step's entry is of the batch that a further step would take. Where numbers are no longer finite, None.
    """
    torch.manual_seed(SEED)
    model = Deep(depth, skips=skips, norms=norms)
    optimizer = torch.optim.SGD(model.parameters(), LR, MOMENTUM)
    order = torch.Generator().manual_seed(SEED)
    kept: dict[str, list[Any]] = {"loss": [], "accuracy": [], "gradient": [], "features": []}
    for step in range(steps + 1):
        rows = torch.randint(len(images), (BATCH,), generator=order)
        logits, features = model(images[rows])
        loss = F.cross_entropy(logits, labels[rows])
        optimizer.zero_grad()
        loss.backward()
        if step in KEPT:
            kept["loss"].append(plain(loss))
            kept["accuracy"].append(plain((logits.argmax(1) == labels[rows]).float().mean()))
            kept["gradient"].append([plain(rms(each.weight.grad)) for each in model.convolutions])
            kept["features"].append([plain(rms(each)) for each in features])
        optimizer.step()
    print(depth, "skips" if skips else "plain", "norms" if norms else "bare", kept["loss"][0], kept["loss"][-1])
    return {"depth": depth, "skips": skips, "norms": norms, **kept}


def rms(values: Tensor) -> Tensor:
    """Returns the root of the mean square."""
    return values.detach().square().mean().sqrt()


def plain(value: Tensor) -> float | None:
    """Returns a number with some digits; None where it is not finite."""
    number = value.item()
    return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None


if __name__ == "__main__":
    main()
