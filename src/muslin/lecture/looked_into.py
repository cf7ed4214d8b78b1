"""A run that is looked into: which, and what its model says of pictures and why.

Legend: B pictures, N test pictures, H x W pixels, K classes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from muslin.data.images import Splits
from muslin.data.reading import Reading
from muslin.errors import MuslinError, RunError, SettingError
from muslin.evaluation.explain.maps import feature_maps
from muslin.lecture.garments import packed
from muslin.machine.device import Machine, prepare
from muslin.prediction.classifier import Classifier
from muslin.report.data import read_splits
from muslin.report.likeness import Training, evidence_for, like, look_at_training, usual_distance
from muslin.report.materials import checked, placed
from muslin.report.record import RunRecord, read_record
from muslin.run.folder import find_run, list_runs

__all__ = ["LookedInto", "check_same_run", "chosen_run", "look_into", "values_of"]

LARGEST = 64  # pixels on a side
CHANNELS = 4  # feature maps of each layer


@dataclass(frozen=True)
class LookedInto:
    """A tested run with its pictures and its model.

    Attributes:
        record: the run.
        data: what it was trained and tested on.
        classifier: its model, where this machine computes fastest.
        machine: that machine.
    """

    record: RunRecord
    data: Splits
    classifier: Classifier
    machine: Machine

    @cached_property
    def training(self) -> Training | None:
        """The training pictures with their features, once they are asked for; None where the model tells none."""
        return look_at_training(self.classifier, self.data.train, self.machine)

    @cached_property
    def usual_distance(self) -> float | None:
        """How far the nearest training picture is from 99 of 100 test pictures; None where the model tells no features.

        What is further away than that is unlike all that the model has learnt from.
        """
        if self.training is None:
            return None
        return round(usual_distance(self.classifier, self.data.test, self.training, self.machine), 3)

    def explain(self, pictures: Tensor, said: Tensor) -> list[dict[str, Any]]:
        """Returns why pictures were called so: each one's pixels, map, nearest training pictures and feature maps.

        Args:
            pictures: (B, 1, H, W) uint8.
            said: (B,) int64, the classes whose evidence is shown.
        """
        maps, layer = evidence_for(self.classifier, pictures, said)
        near = like(self.classifier, pictures, self.training, self.machine) if self.training else [[]] * len(pictures)
        layers = self._layers(pictures)
        return [
            {
                "picture": packed(pictures[b].numpy()),
                "map": packed((255 * maps[b]).round().byte().numpy()) if b < len(maps) else None,
                "layer": layer,
                "near": [
                    {
                        "label": each.label,
                        "distance": round(each.distance, 3),
                        "picture": packed(self.data.train.images[each.position].numpy()),
                    }
                    for each in near[b]
                ],
                "layers": [{"name": name, "side": len(few[b][0]), "maps": packed(few[b])} for name, few in layers],
            }
            for b in range(len(pictures))
        ]

    def _layers(self, pictures: Tensor) -> list[tuple[str, list[NDArray[np.uint8]]]]:
        """Returns the feature maps that are strongest in the mean, (B, CHANNELS, h, w) uint8, of each layer by name."""
        try:
            found = feature_maps(self.classifier, pictures)
        except SettingError:  # the model has none
            return []
        layers: list[tuple[str, list[NDArray[np.uint8]]]] = []
        for name, maps in found.items():
            strongest = maps.mean((2, 3)).topk(min(CHANNELS, maps.shape[1]), dim=1).indices.sort(1).values
            few = maps.gather(1, strongest[:, :, None, None].expand(-1, -1, *maps.shape[2:])).relu()
            shares = few / few.amax((2, 3), keepdim=True).clamp_min(1e-12)
            layers.append((name, list((255 * shares).round().byte().numpy())))
        return layers


def chosen_run(name: str | None) -> Path | None:
    """Returns the folder of the run that was named, or of the newest tested one; None where there is none.

    Raises:
        RunError: a run was named, and there is none such.
    """
    if name is not None and name != "latest":
        return find_run(name)
    return next((run.path for run in list_runs() if run.test_accuracy is not None), None)


@lru_cache(maxsize=2)  # each holds its pictures; a page can bring one run after another
def look_into(folder: Path) -> LookedInto:
    """Returns a run with all that explaining it needs; the same for the same folder.

    Raises:
        MuslinError: the run was not tested, its data are gone, or its pictures are not small and grey.
    """
    record = read_record(folder)
    channels, height, width = record.input
    if record.test is None or record.answers is None:
        raise RunError(f"{folder.name} was not tested; go on with it: muslin fit --resume {folder.name}")
    if channels != 1 or height != width or height > LARGEST:
        raise RunError(
            f"{folder.name} sees pictures of {channels} x {height} x {width}; this page shows grey ones of up to "
            f"{LARGEST} x {LARGEST}. Its own report shows the others: muslin report {folder.name}"
        )
    machine = prepare("auto", "auto")
    data = checked(record, read_splits(record, Reading()))
    return LookedInto(record, data, placed(folder, None, machine), machine)


def values_of(run: Path | None, none: str, shown: Callable[[LookedInto], dict[str, Any]]) -> dict[str, Any]:
    """Returns what a widget shows of a run, or a sentence, `missing`, on why it shows nothing.

    Args:
        run: the run's folder, if there is one.
        none: what is said where there is none.
        shown: makes the widget's values.
    """
    if run is None:
        return {"missing": none}
    try:
        return shown(look_into(run))
    except MuslinError as error:
        return {"missing": str(error)}


def check_same_run(asked: Mapping[str, Any], seen: LookedInto) -> None:
    """Checks that a page which says what `run` it shows shows the one that answers.

    Raises:
        SettingError: another one is looked into since the page was opened.
    """
    name = seen.record.folder.name
    if asked.get("run", name) != name:
        raise SettingError(f"{name} is looked into by now; reload this page to see it")
