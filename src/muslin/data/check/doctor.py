"""What the data doctor found, in a form that lasts: kept in the cache under the content of what can be trained on.

A report of a run on the same pictures finds them there, wherever the data lie by then. Of a picture it holds the
digest and the name below the data's root, never where that is on a person's machine.
"""

import hashlib
import json
import math
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from torch import Tensor

from muslin.errors import DataError
from muslin.files import cache_folder, replace_file
from muslin.text import printable

__all__ = ["KINDS", "Findings", "Kind", "PictureFinding", "findings_key", "read_findings", "write_findings"]

Kind = Literal["label", "copy", "near", "outlier", "ambiguous"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FORMAT = 1
FOLDER = "doctor"  # in the cache


@dataclass(frozen=True)
class PictureFinding:
    """What was found of one picture.

    Attributes:
        kind: `label`, its label is probably wrong; `copy`, another picture has the same pixels; `near`, another one
            looks the same; `outlier`, it is unlike all others; `ambiguous`, two classes are nearly as likely.
        name: its path below the data's root, or the part of the arrays and the row in it, such as `train[17]`.
        split: `train`, `validation` or `test`.
        label: the class that it is labelled as.
        likely: the likeliest other class, for `label` and `ambiguous`; of `copy` and `near`, the other one's where that
            differs; else empty.
        score: of `label`, the probability that the label is wrong; of `ambiguous`, that of the second class of both
            together, at most 0.5; of `outlier`, how many times the usual distance it has from its neighbours; of `copy`
            and `near`, 1.
        like: the name of the other picture, for `copy` and `near`; else empty.
        digest: the digest of its pixels, as `picture_digests` gives it.
    """

    kind: Kind
    name: str
    split: str
    label: str
    likely: str
    score: float
    like: str
    digest: int


@dataclass(frozen=True)
class Findings:
    """What was found of a data set.

    Attributes:
        data: the data's name.
        are_files: whether names are paths.
        classes: the K class names.
        pictures: how many pictures each split has.
        accuracy: the share of labels that the models said of pictures they had not seen, in [0, 1].
        noise: the share of labels that are taken to be wrong at random, in [0.0015, 0.5).
        findings: one for each picture and kind, by kind, the gravest first.
        notes: sentences that a person should be told.
    """

    data: str
    are_files: bool
    classes: tuple[str, ...]
    pictures: dict[str, int]
    accuracy: float
    noise: float
    findings: tuple[PictureFinding, ...]
    notes: tuple[str, ...] = ()

    def of(self, kind: Kind) -> tuple[PictureFinding, ...]:
        """Returns the findings of one kind, the gravest first."""
        return tuple(finding for finding in self.findings if finding.kind == kind)

    @property
    def counts(self) -> dict[Kind, int]:
        """How many findings there are of each kind."""
        counted = Counter(finding.kind for finding in self.findings)
        return {kind: counted[kind] for kind in KINDS}

    def as_json(self) -> dict[str, Any]:
        """Returns the whole as plain values."""
        return {"format": FORMAT} | asdict(self) | {"counts": self.counts}


def findings_key(trained: Tensor) -> str:
    """Returns the name of the findings on pictures: the SHA-256 of their digests, in hexadecimal.

    Args:
        trained: (N,) int64, the digests of all pictures to train on or to validate with, in any order.
    """
    return hashlib.sha256(trained.unique().numpy().astype("<i8").tobytes()).hexdigest()


def write_findings(findings: Findings, trained: Tensor, cache: Path) -> Path:
    """Keeps findings for later reports, and returns their file.

    Args:
        findings: what was found.
        trained: as for `findings_key`.
        cache: the folder for what can be made again.

    Raises:
        DataError: the cache cannot be written.
    """
    path = cache / FOLDER / f"{findings_key(trained)}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, json.dumps(findings.as_json(), allow_nan=False))
    except OSError as error:
        raise DataError(
            f"cannot keep the findings in {printable(path.parent)}: {error.strerror or error}; free some space or "
            "choose another folder with --cache"
        ) from error
    return path


def read_findings(trained: Tensor, cache: Path | None = None) -> Findings | None:
    """Returns what the doctor found of the pictures that a run was trained on; None where it did not look at them.

    >>> import torch
    >>> read_findings(torch.tensor([1, 2, 3]), Path("no such folder")) is None
    True

    Args:
        trained: as for `findings_key`; those that a run knows are `read_known(run).trained`.
        cache: the folder for what can be made again; by default `cache_folder()`.
    """
    path = (cache or cache_folder()) / FOLDER / f"{findings_key(trained)}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _restored(content) if content["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):  # none, or damaged: the doctor can look again
        return None


def _restored(content: dict[str, Any]) -> Findings:
    """Returns findings from plain values; raises ValueError, KeyError or TypeError where they are no such."""
    found = tuple(PictureFinding(**one) for one in content["findings"])
    if any(one.kind not in KINDS or not math.isfinite(one.score) for one in found):
        raise ValueError("no findings of this version")
    return Findings(
        data=str(content["data"]),
        are_files=bool(content["are_files"]),
        classes=tuple(content["classes"]),
        pictures=dict(content["pictures"]),
        accuracy=float(content["accuracy"]),
        noise=float(content["noise"]),
        findings=found,
        notes=tuple(content["notes"]),
    )
