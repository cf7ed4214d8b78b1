"""The pictures of a run: its curves, and a grid of test pictures with what was said of them."""

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image
from torch import Tensor

from muslin.look import LIGHT, png, style

__all__ = ["Curves", "draw_curves", "draw_predictions"]

GRID = 6
DPI = 150
SIDE = 216  # pixels of a picture in the grid, where the following are pixels too
CELL = 262, 300  # width and height of a picture with what stands above it
HEAD, FOOT = 45, 25
TITLE_GAP = 10
LETTER = 12  # about
LEGEND = 24  # letters a line
LEAST_COLUMNS = 3  # of paper, for the heading's sake


@dataclass(frozen=True)
class Curves:
    """What to draw, a number for each epoch.

    Attributes:
        train_loss: nats.
        validation_loss: nats.
        validation_accuracy: in [0, 1].
        train_pictures: what the training loss is over.
    """

    train_loss: Sequence[float]
    validation_loss: Sequence[float]
    validation_accuracy: Sequence[float]
    train_pictures: str = "augmented, smoothed labels"


@style()
def draw_curves(curves: Curves, title: str) -> bytes:
    """Draws loss and validation accuracy by epoch; returns a PNG."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    epochs = range(1, len(curves.train_loss) + 1)
    trained = textwrap.fill(f"training ({curves.train_pictures})", LEGEND)
    loss.plot(epochs, curves.train_loss, marker="o", color=LIGHT.wrong, label=trained)
    loss.plot(epochs, curves.validation_loss, marker="s", color=LIGHT.right, label="validation")
    loss.set(xlabel="epoch", ylabel="loss (nats)", title="Loss")
    loss.legend()
    accuracy.plot(epochs, [100 * a for a in curves.validation_accuracy], marker="s", color=LIGHT.right)
    accuracy.set(xlabel="epoch", ylabel="accuracy (%)", title="Validation accuracy")
    for axes in (loss, accuracy):
        axes.grid(visible=True)
        axes.set_xlim(0.5, len(epochs) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    accuracy.set_ylim(top=min(100.5, accuracy.get_ylim()[1]))
    figure.suptitle(title, fontsize=10)
    return png(figure)


@style()
def draw_predictions(images: Tensor, labels: Tensor, predicted: Tensor, classes: Sequence[str]) -> bytes:
    """Draws the first test pictures, half of them mistakes where there are enough; returns a PNG.

    Args:
        images: (N, C, H, W) uint8.
        labels: (N,) int64.
        predicted: (N,) int64.
        classes: K names.
    """
    shown = choose_shown(labels, predicted)
    columns = min(GRID, len(shown))
    rows = -(-len(shown) // columns)
    width, height = max(columns, LEAST_COLUMNS) * CELL[0], HEAD + rows * CELL[1] + FOOT
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    pasted = []
    for place, index in enumerate(shown):
        row, column = divmod(place, columns)
        left, bottom = column * CELL[0], HEAD + (row + 1) * CELL[1]
        pasted.append((images[index], left, bottom))
        title, colour = _title(classes[int(labels[index])], classes[int(predicted[index])])
        x, y = left + CELL[0] / 2, height - bottom + SIDE + TITLE_GAP
        figure.text(x / width, y / height, title, fontsize=8, color=colour, ha="center", va="bottom")
    wrong = int((labels != predicted).sum())
    summary = f"Test pictures and what was said of them; × marks mistakes, {wrong:,} of {len(labels):,} in all"
    figure.suptitle(textwrap.fill(summary, width // LETTER), fontsize=9, y=1 - TITLE_GAP / height, va="top")
    page = torch.frombuffer(bytearray(_pixels(figure)), dtype=torch.uint8).view(height, width, 4)[:, :, :3]
    for image, left, bottom in pasted:
        _paste(page.permute(2, 0, 1), image, left, bottom)
    return png(Image.fromarray(page.numpy()))


def choose_shown(labels: Tensor, predicted: Tensor) -> list[int]:
    """Chooses up to GRID * GRID pictures in their order: half mistakes, the rest right, as far as there are."""
    right, wrong = (
        (labels == predicted).nonzero().flatten().tolist(),
        (labels != predicted).nonzero().flatten().tolist(),
    )
    room = GRID * GRID
    mistakes = wrong[: max(room // 2, room - len(right))]
    return sorted(right[: room - len(mistakes)]) + sorted(mistakes)


def _paste(canvas: Tensor, image: Tensor, left: int, bottom: int) -> None:
    """Puts a picture into the square above `bottom`, in the middle of its cell; pixels of small ones stay squares."""
    scale = SIDE / max(image.shape[1:])
    height, width = (max(1, round(scale * side)) for side in image.shape[1:])
    way = {"mode": "nearest-exact"} if scale > 1 else {"mode": "bilinear", "antialias": True}
    fitted = F.interpolate(image[None].float(), (height, width), **way)[0].round().byte()  # (C, height, width)
    top, left = bottom - (SIDE + height) // 2, left + (CELL[0] - width) // 2
    canvas[:, top : top + height, left : left + width] = fitted


def _title(true: str, said: str) -> tuple[str, str]:
    """Returns what stands above a picture, and its colour."""
    if true == said:
        return _shortened(said), LIGHT.right
    return f"× {_shortened(said)}\nis {_shortened(true)}", LIGHT.wrong


def _shortened(name: str) -> str:
    most = CELL[0] // LETTER
    return name if len(name) <= most else name[: most - 1] + "…"


def _pixels(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="rgba", dpi=DPI)
    return buffer.getvalue()
