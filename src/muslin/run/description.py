"""What stands beside a run's weights: what they take and how they were tested, each held against a digest.

It loads no torch: who answers by another form of the model needs no more.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from muslin.errors import BundleError
from muslin.files import file_sha256, write_whole

__all__ = ["DESCRIPTION", "WEIGHTS", "add_to_description", "check_weights", "read_description", "sealed"]

WEIGHTS, DESCRIPTION = "model.safetensors", "model.json"
SEAL = "sha256"  # names the digest of all else in the description
FORMAT = 1


def read_description(folder: Path) -> dict[str, Any]:
    """Returns what `model.json` says of a model.

    Raises:
        BundleError: it is missing or damaged.
    """
    path = folder / DESCRIPTION
    try:
        text = path.read_bytes().decode()
        description = json.loads(text)
    except OSError as error:
        raise BundleError(f"{path} is missing; the run did not get as far as saving a model") from error
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{path} is not JSON; the file was damaged") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise BundleError(f"{path}: format {FORMAT} is needed; was it written by a newer muslin?")
    if not is_whole(text, description.get(SEAL)):
        raise BundleError(f"{path} does not fit the SHA-256 in it; the file was damaged or changed")
    return description


def check_weights(folder: Path) -> None:
    """Holds a run's weights against the digest in its description.

    Raises:
        BundleError: one of the two is missing or damaged.
    """
    digest = read_description(folder).get("weights_sha256")
    path = folder / WEIGHTS
    if not path.is_file():
        raise BundleError(f"{path} is missing; the run did not get as far as saving a model")
    if file_sha256(path) != digest:
        raise BundleError(f"{path}: its SHA-256 is not the one in {DESCRIPTION}; the file was damaged")


def add_to_description(folder: Path, name: str, value: Any) -> None:
    """Writes one more entry into `model.json`, such as what was measured with the saved weights.

    Raises:
        BundleError: it is missing or damaged.
        RunError: the folder is not writable.
        DiskFullError: the disk is full.
    """
    write_whole(folder / DESCRIPTION, sealed(read_description(folder) | {name: value}))


def sealed(description: dict[str, Any]) -> str:
    """Returns the file's text, with the digest of all its other bytes in it, so that no damage to it goes unseen."""
    text = json.dumps(description | {SEAL: ""}, indent=2) + "\n"
    return text.replace(f'"{SEAL}": ""', f'"{SEAL}": "{hashlib.sha256(text.encode()).hexdigest()}"')


def is_whole(text: str, seal: object) -> bool:
    """Whether a file's text fits the digest in it."""
    return isinstance(seal, str) and hashlib.sha256(text.replace(seal, "", 1).encode()).hexdigest() == seal
