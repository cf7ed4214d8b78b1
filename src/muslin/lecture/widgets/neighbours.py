"""Some garments of the test set, among which the nearest of one are sought."""

from typing import Any

from muslin.data.sources import fashion_mnist
from muslin.lecture.garments import first_of_each, packed, test_garments

__all__ = ["values"]

EACH = 30  # of each class, the first in the test set


def values() -> dict[str, Any]:
    """Returns the pictures, their classes, and which of the 10,000 they are."""
    pictures, labels = test_garments()
    rows = first_of_each(labels, EACH)
    return {
        "classes": list(fashion_mnist.CLASSES),
        "pictures": packed(pictures[rows]),
        "labels": labels[rows].tolist(),
        "rows": rows.tolist(),
    }
