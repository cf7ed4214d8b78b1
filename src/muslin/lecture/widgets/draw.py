"""A garment of one's own: what the model sees of a drawing or a file, what it says of it, and how unlike it is."""

from base64 import b64decode
from binascii import Error as Base64Error
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor

from muslin.errors import PictureError, SettingError
from muslin.lecture.looked_into import LookedInto, check_same_run, look_into, values_of
from muslin.prediction.reading import read_pictures

__all__ = ["OF_RUN", "answer", "values"]

OF_RUN = True
MOST_BYTES = 3_000_000  # of a picture's file
NAME = "your picture"
NONE = "There is no run to ask. Train one, a minute with muslin fit, and reload this page."


def values(run: Path | None) -> dict[str, Any]:
    """Returns what a drawing has to be for the run's model, or a sentence, `missing`, on why nothing can be asked."""
    return values_of(run, NONE, shown)


def shown(seen: LookedInto) -> dict[str, Any]:
    """Returns what a drawing has to be."""
    record = seen.record
    return {"run": record.folder.name, "classes": list(record.classes), "side": record.input[1], "most": MOST_BYTES}


def answer(question: object, run: Path | None) -> dict[str, Any]:
    """Returns what the model sees and says: `question` is {"pixels": base64} of a drawing or {"file": base64}.

    Both may have "invert": true, to exchange dark and light.

    Raises:
        SettingError: there is no run, or the question is none of these.
        PictureError: the file is no picture that can be read.
    """
    if run is None:
        raise SettingError(NONE)
    seen = look_into(run)
    asked = question if isinstance(question, dict) else {}
    check_same_run(asked, seen)
    image, notes = read(seen, asked)
    prediction = seen.classifier.predict(image[0, 0].numpy())
    classes = seen.record.classes
    said = torch.tensor([classes.index(prediction.label)])
    (why,) = seen.explain(image, said)
    nearest = why["near"][0]["distance"] if why["near"] else None
    return {
        "said": int(said),
        "sure": prediction.is_sure,
        "likeliest": [
            [classes.index(name), round(share, 4)] for name, share in list(prediction.probabilities.items())[:5]
        ],
        "notes": [*notes, *(note for note in prediction.notes if note not in notes)],
        "nearest": nearest,
        "usual": seen.usual_distance,
        "unlike": nearest is not None and seen.usual_distance is not None and nearest > seen.usual_distance,
        **why,
    }


def read(seen: LookedInto, asked: dict[str, Any]) -> tuple[Tensor, tuple[str, ...]]:
    """Returns a question's picture as the model sees it, (1, 1, H, W) uint8, and notes on how it was read."""
    side, invert = seen.record.input[1], asked.get("invert", False)
    if type(invert) is not bool:
        raise SettingError(f"invert is {str(invert)[:40]!r}; it must be true or false")
    if "pixels" in asked:
        content = decoded(asked["pixels"], "pixels")
        if len(content) != side * side:
            raise SettingError(f"pixels are {len(content):,} bytes; {side} x {side} are needed")
        image = torch.from_numpy(np.frombuffer(content, dtype=np.uint8).reshape(1, 1, side, side).copy())
        return (255 - image if invert else image), ()
    content = decoded(asked.get("file"), "file")
    if len(content) > MOST_BYTES:
        raise PictureError(f"{NAME} has {len(content):,} bytes; at most {MOST_BYTES:,} are read: make it smaller")
    with TemporaryDirectory(prefix="muslin-lecture-") as folder:
        path = Path(folder) / NAME
        path.write_bytes(content)
        pixels, (notes,) = read_pictures([(None, path)], seen.classifier.spec, seen.classifier.contrast, invert=invert)
    if isinstance(notes, PictureError):
        raise PictureError(str(notes).replace(f"{folder}/", "").replace(str(path), NAME))
    return torch.from_numpy(pixels), notes


def decoded(text: object, name: str) -> bytes:
    """Returns the bytes of a text in base64.

    Raises:
        SettingError: it is none.
    """
    try:
        if not isinstance(text, str):
            raise TypeError
        return b64decode(text, validate=True)
    except (TypeError, ValueError, Base64Error) as error:
        raise SettingError(f"{name} is {str(text)[:20]!r}; it must be a text in base64") from error
