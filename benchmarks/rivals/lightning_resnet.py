"""Lightning: its CIFAR-10 tutorial's ResNet-18, or a ResNet-20, with OneCycle fitted to the budget.

As in the tutorial: SGD with momentum and weight decay, batches of 64, pictures cut out at random after padding by 4 and
mirrored, which Lightning's hook for batches does to 64 at a time.

python -m benchmarks.rivals.lightning_resnet --budget 60 --model resnet18
"""

import copy
import logging
import warnings
from typing import Any

import lightning
import numpy as np
import torch
import torch.nn.functional as F
from benchmarks.rivals.race import SEED, Array, Race
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.data.spec import DataSpec
from muslin.models import MODELS

BATCH_SIZE = 64
SPEC = DataSpec(1, 28, 28, CLASSES, (0.286,), (0.353,))
TIMED, TIMED_SHARE = 2.0, 0.02  # seconds of training a copy, or of the time: from them the number of steps is reckoned
PILOT, FEWEST = 10_000, 4  # steps of the copy at most, and at least
SHARE = 0.97  # of the time that is left, for the schedule: speed varies, and it should come to its end


class Classifier(lightning.LightningModule):
    """A network with its training.

    Args:
        network: gives logits.
        race: has the clock.
        steps: of the schedule.
        seconds: after which training ends.
    """

    def __init__(self, network: nn.Module, race: Race, steps: int, seconds: float) -> None:
        super().__init__()
        self.network, self.race, self.steps, self.end = network, race, steps, race.seconds + seconds
        self.times = list[float]()  # of the end of each step

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        """Returns a batch's loss."""
        images, labels = batch
        return F.cross_entropy(self.network(images), labels)

    def on_after_batch_transfer(self, batch: tuple[Tensor, Tensor], _: int) -> tuple[Tensor, Tensor]:
        """Augments and normalises a batch."""
        images, labels = batch
        return SPEC.normalise(crop_and_mirror(images)), labels

    def configure_optimizers(self) -> dict[str, Any]:
        """SGD, and a rate that rises to 0.1 and falls to nothing within `steps`."""
        optimizer = torch.optim.SGD(self.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=self.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def on_train_batch_end(self, *_: Any) -> None:
        """Keeps the time, and ends training when it is up."""
        self.times.append(self.race.seconds)
        self.trainer.should_stop = self.times[-1] > self.end and len(self.times) >= FEWEST

    def on_train_epoch_end(self) -> None:
        """Looks at the test set."""
        if not self.trainer.should_stop:
            self.race.look(lambda: answer(self.network, self.race.test_images, self.race.options.bf16))


def main() -> None:
    """Measures the speed on a copy, sets the schedule's length by it, and trains."""
    race = Race(__doc__, model="resnet18")
    bf16: bool = race.options.bf16
    quieten()
    lightning.seed_everything(SEED, verbose=False)
    images, labels = torch.tensor(race.train[0])[:, None], torch.tensor(race.train[1]).long()
    network = MODELS[race.options.model](SPEC)
    race.reserve(lambda count: answer(network, race.train[0][:count], bf16), sample=500)
    loader = DataLoader(TensorDataset(images, labels), BATCH_SIZE, shuffle=True, drop_last=True)
    pilot = fit(Classifier(copy.deepcopy(network), race, PILOT, max(TIMED, TIMED_SHARE * race.left)), loader)
    steps = max(FEWEST, round(SHARE * race.left / float(np.median(np.diff(pilot.times)))))
    times = fit(Classifier(network, race, steps, race.left), loader).times
    answers = answer(network, race.test_images, bf16)
    race.finish(answers, f"{len(times) / len(loader):.2f} epochs", "lightning", "torch")


def fit(classifier: Classifier, loader: DataLoader) -> Classifier:
    """Trains for as many steps as the schedule has, or as there is time for."""
    trainer = lightning.Trainer(
        accelerator="cpu", max_epochs=-1, max_steps=classifier.steps,
        precision="bf16-mixed" if classifier.race.options.bf16 else "32-true", logger=False,
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(classifier, loader)
    return classifier


def quieten() -> None:
    """Keeps Lightning's advice (more workers, other devices) off the terminal."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")


def crop_and_mirror(images: Tensor) -> Tensor:
    """Shifts each picture by up to 4 pixels and mirrors half of them: (B, 1, 28, 28), bytes."""
    count, side = len(images), images.shape[-1]
    rows = torch.randint(9, (count, 1)) + torch.arange(side)  # (B, 28)
    columns = torch.randint(9, (count, 1)) + torch.arange(side)
    columns = torch.where(torch.rand(count, 1) < 0.5, columns.flip(1), columns)
    padded = F.pad(images, (4, 4, 4, 4))[:, 0]  # (B, 36, 36)
    return padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None]][:, None]


@torch.no_grad()
def answer(network: nn.Module, images: Array, bf16: bool) -> Array:  # noqa: FBT001
    """Returns the likeliest class of each picture, (N, 28, 28) bytes; Lightning goes on in the mode that it finds."""
    network.eval()
    batches = torch.tensor(images)[:, None].split(500)
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        answers = [network(SPEC.normalise(batch)).argmax(1).numpy() for batch in batches]
    network.train()
    return np.concatenate(answers)


if __name__ == "__main__":
    main()
