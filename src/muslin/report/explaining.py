"""Explain what a run says of a person's own pictures: a PNG for each, with its map and the nearest training pictures.

No path of the machine is drawn but the picture's own name: drawings are mailed.

Legend: B pictures, C channels, H x W pixels.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from muslin.data.reading import Reading
from muslin.errors import MuslinError, PictureError, SettingError
from muslin.files import write_whole
from muslin.machine.device import Machine, computing, prepare
from muslin.prediction.classifier import Classifier
from muslin.prediction.prediction import Prediction
from muslin.prediction.reading import read_pictures
from muslin.report.data import read_splits
from muslin.report.explained import Explained, draw_explained
from muslin.report.likeness import Training, evidence_for, like, look_at_training
from muslin.report.record import read_record
from muslin.run.folder import find_run
from muslin.text import printable

__all__ = ["check_place", "explain_answers"]

TOGETHER = 32  # pictures explained at a time
LONGEST = 180  # bytes of a picture's name in the name of its explanation
ENDING = "-explained.png"
NONE_NEAR = "There are no nearest training pictures"
GONE = f"{NONE_NEAR}: the data that the run was trained on are not where they were, or have changed."

Answered = tuple[str, Prediction]  # a picture's file, and what was said of it
Near = list[tuple[Tensor, str, float]]  # pictures, their classes, their distances


def explain_answers(
    answered: Sequence[Answered],
    classifier: Classifier,
    run: str | Path,
    place: Path,
    *,
    invert: bool = False,
    reading: Reading | None = None,
) -> Iterator[str]:
    """Writes for each picture `NAME-explained.png` into a folder, or for one a file, and yields what could not be told.

    The map is that of the class that was named, by Grad-CAM or, where the model has no maps, by occlusion. A model's
    training pictures are read again from where they lie; where they are gone, one sentence says so.

    Args:
        answered: picture files, each with what the classifier said of it.
        classifier: the run's, in memory of the CPU.
        run: a run's folder, its name under `runs/`, or `latest`.
        place: a folder, made where it is not there; or the file to write, as `check_place` lets it pass.
        invert: whether dark and light were exchanged.
        reading: the cache, and whom to tell of progress, where training pictures are read.

    Raises:
        RunError: the folder cannot be written to.
    """
    files = files_for([picture for picture, _ in answered], place)
    (place.parent if is_drawing(place) else place).mkdir(parents=True, exist_ok=True)
    reading = reading or Reading()
    with computing():
        machine, missing, training = prepare("cpu", "auto"), "", None
        try:
            training = look_at_training(classifier, read_splits(read_record(find_run(run)), reading).train, machine)
            if training is None:
                missing = f"{NONE_NEAR}: the model does not tell its features."
                yield missing
        except MuslinError as error:
            missing = GONE
            yield f"{NONE_NEAR}: {printable(str(error))}"
        for start in range(0, len(answered), TOGETHER):
            some = answered[start : start + TOGETHER]
            pixels, found = read_pictures([(None, picture) for picture, _ in some], classifier.spec, invert=invert)
            yield from (str(notes) for notes in found if isinstance(notes, PictureError))  # gone in the meantime
            read = [n for n, notes in enumerate(found) if not isinstance(notes, PictureError)]
            if not read:
                continue
            images = torch.from_numpy(pixels)
            said = torch.tensor([classifier.classes.index(some[n][1].label) for n in read])
            maps, layer = evidence_for(classifier, images, said)
            near = near_ones(classifier, images, training, machine)
            for row, n in enumerate(read):
                picture, answer = some[n]
                drawing = Explained(
                    picture, answer.in_words(), answer.label, images[row], maps[row], layer, near[row], missing
                )
                write_whole(files[start + n], draw_explained(drawing))
            reading.progress("explaining", start + len(some), len(answered))


def near_ones(classifier: Classifier, images: Tensor, training: Training | None, machine: Machine) -> list[Near]:
    """Returns for each of (B, C, H, W) uint8 pictures the training pictures most like it, the most alike first."""
    if training is None:
        return [[] for _ in images]
    return [
        [(training.data.images[n.position], classifier.classes[n.label], n.distance) for n in row]
        for row in like(classifier, images, training, machine)
    ]


def files_for(pictures: Sequence[str], place: Path) -> list[Path]:
    """Returns the file for each picture's explanation."""
    return [place for _ in pictures] if is_drawing(place) else [place / name for name in names_for(pictures)]


def is_drawing(place: Path) -> bool:
    """Whether a place is that of a single drawing, by its name."""
    return place.suffix.lower() == ".png" and not place.is_dir()


def names_for(pictures: Sequence[str]) -> list[str]:
    """Returns a file's name for each picture's explanation; of equal ones the second gets a number.

    >>> names_for(["a/boot.png", "b/boot.jpg", "bag.png"])
    ['boot-explained.png', 'boot-2-explained.png', 'bag-explained.png']
    """
    names: list[str] = []
    taken: set[str] = set()
    for picture in pictures:
        stem = printable(Path(picture).stem).encode()[:LONGEST].decode(errors="ignore").replace("\\", "_")
        tries = (f"{stem}{ENDING}" if n == 1 else f"{stem}-{n}{ENDING}" for n in range(1, len(pictures) + 2))
        name = next(name for name in tries if name.casefold() not in taken)
        taken.add(name.casefold())  # some systems tell no large letters from small ones
        names.append(name)
    return names


def check_place(place: Path, pictures: Sequence[str], folders: Sequence[Path]) -> None:
    """Raises SettingError unless explanations of pictures can go to a place: a folder, or for one picture a .png file.

    Among the pictures of a folder they may not lie: later they would be taken for some.
    """
    if is_drawing(place) and len(pictures) > 1:
        raise SettingError(
            f"--explain {printable(place)} is one file, and there are {len(pictures):,} pictures; name a folder"
        )
    if is_drawing(place) and place.resolve() in {Path(picture).resolve() for picture in pictures}:
        raise SettingError(f"--explain {printable(place)} is the picture itself; name another file")
    if place.is_file() and not is_drawing(place):
        raise SettingError(f"--explain {printable(place)} is a file; name a folder, or for one picture a .png file")
    for other in folders:
        if place.resolve().is_relative_to(other.resolve()):
            raise SettingError(
                f"--explain {printable(place)} lies among the pictures of {printable(other)}, where the next predict "
                "would take explanations for pictures; name a place beside them"
            )
