"""What an ONNX file says of itself, and where it lies; loads no torch."""

import json

from muslin.prediction.description import Described

__all__ = ["FILE", "metadata_of"]

FILE = "model.onnx"


def metadata_of(known: Described) -> dict[str, str]:
    """Returns what the ONNX file of a model must say, each by its name; beside it stand the versions it was made by."""
    return {
        "classes": json.dumps(known.spec.classes, ensure_ascii=False),
        "channels": str(known.spec.channels),
        "height": str(known.spec.height),
        "width": str(known.spec.width),
        "range": "0 to 255",
        "views": str(known.views),
        "temperature": str(known.calibration.temperature),
        "threshold": str(known.calibration.threshold),
        "model": known.name,
        "weights_sha256": known.digest,
    }
