"""Training speed of the `coffee` model against the lecture's baseline, in one process, taking turns.

python -m benchmarks.measure.throughput
"""

import statistics

import torch
import torch.nn.functional as F
from benchmarks.measure.results import save_result
from benchmarks.measure.steps import Step, speed, training_step
from torch.utils.data import DataLoader

from muslin.data.images import ImageData
from muslin.data.sources.registry import load_splits
from muslin.machine.device import Machine, computing, prepare
from muslin.models import MODELS, build
from muslin.recipes import RECIPES

ROUNDS = 5
COFFEE_STEPS, BASELINE_STEPS = 20, 8


def main() -> None:
    """Takes turns and saves each side's pictures/s and their ratio, round by round."""
    data = load_splits("fashion-mnist").train
    with computing():
        coffee, baseline = coffee_step(data, prepare("cpu", "auto")), baseline_step(data)
        for step in (coffee, baseline):
            speed(step, 3)  # the first steps allocate and compile
        rounds = [(speed(coffee, COFFEE_STEPS), speed(baseline, BASELINE_STEPS)) for _ in range(ROUNDS)]
    ratios = [fast / slow for fast, slow in rounds]
    print(f"coffee {rounds[-1][0]:.0f}, baseline {rounds[-1][1]:.0f} pictures/s; ratio {statistics.median(ratios):.1f}")
    save_result(
        "throughput",
        coffee_pictures_per_second=[round(fast) for fast, _ in rounds],
        baseline_pictures_per_second=[round(slow, 1) for _, slow in rounds],
        ratio_median=statistics.median(ratios),
        ratio_min=min(ratios),
        ratio_max=max(ratios),
    )


def coffee_step(data: ImageData, machine: Machine) -> Step:
    """Prepares one training step of recipe `coffee`, batches and all."""
    settings = RECIPES["coffee"].settings
    return training_step(build(settings.model, data.spec), data, settings, machine)


def baseline_step(data: ImageData) -> Step:
    """Prepares one training step of the lecture's sample project."""
    model = MODELS["resnet34"](data.spec)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    loader = iter(DataLoader(data, 64, shuffle=True))

    def step() -> int:
        images, labels = next(loader)
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()
        return len(labels)

    return step


if __name__ == "__main__":
    main()
