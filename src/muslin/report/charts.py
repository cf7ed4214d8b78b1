"""The pictures of a run: its curves, and a grid of test pictures with what was said of them.

Legend: N test pictures, S of them shown, C channels, H x W pixels.
"""

import io
import textwrap
from pathlib import Path

import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image
from torch import Tensor

from muslin.look import LIGHT, lettered, png, style
from muslin.report.record import RunRecord
from muslin.text import printable, shortened

__all__ = ["choose_shown"]

GRID = 6
DPI = 150
SIDE = 216  # pixels of a picture in the grid, where the following are pixels too
CELL = 262, 300  # width and height of a picture with what stands above it
HEAD, FOOT = 45, 25
TITLE_GAP = 10
LETTER = 12  # about
LEGEND = 24  # letters a line
TITLE = 110  # letters above the curves
LEAST_COLUMNS = 3  # of paper, for the heading's sake


@style()
def draw_curves(record: RunRecord) -> bytes:
    """Returns a drawing of loss and validation accuracy by epoch, as a PNG."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    epochs = [result.epoch for result in record.epochs]
    kind = f"training ({'hard pictures, ' if record.settings.skip_easy else ''}augmented, smoothed labels)"
    trained = textwrap.fill(kind, LEGEND)
    loss.plot(epochs, [e.train_loss for e in record.epochs], marker="o", color=LIGHT.wrong, label=trained)
    loss.plot(epochs, [e.validation_loss for e in record.epochs], marker="s", color=LIGHT.right, label="validation")
    loss.set(xlabel="epoch", ylabel="loss (nats)", title="Loss")
    loss.legend()
    accuracy.plot(epochs, [100 * e.validation_accuracy for e in record.epochs], marker="s", color=LIGHT.right)
    accuracy.set(xlabel="epoch", ylabel="accuracy (%)", title="Validation accuracy")
    for axes in (loss, accuracy):
        axes.grid(visible=True)
        axes.set_xlim(0.5, len(epochs) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    accuracy.set_ylim(top=min(100.5, accuracy.get_ylim()[1]))
    title, font = lettered(printable(f"{record.settings.model} on {record.data}, recipe {record.recipe}"))
    figure.suptitle(shortened(title, TITLE), font=font, fontsize=10, parse_math=False)
    return png(figure)


@style()
def draw_predictions(record: RunRecord) -> bytes:
    """Returns a grid of the pictures that the run's answers show, and what was said of each, as a PNG."""
    assert record.answers is not None
    answers, classes = record.answers, record.classes
    labels, predicted, shown = answers.labels, answers.predicted, answers.shown.tolist()
    columns = min(GRID, len(shown))
    rows = -(-len(shown) // columns)
    width, height = max(columns, LEAST_COLUMNS) * CELL[0], HEAD + rows * CELL[1] + FOOT
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    pasted = []
    for place, index in enumerate(shown):
        row, column = divmod(place, columns)
        left, bottom = column * CELL[0], HEAD + (row + 1) * CELL[1]
        pasted.append((answers.pictures[place], left, bottom))
        title, font, colour = _title(classes[int(labels[index])], classes[int(predicted[index])])
        x, y = left + CELL[0] / 2, height - bottom + SIDE + TITLE_GAP
        figure.text(
            x / width, y / height, title, font=font, fontsize=8, color=colour, ha="center", va="bottom",
            parse_math=False,
        )  # fmt: skip
    wrong = int((labels != predicted).sum())
    summary = f"Test pictures and what was said of them; × marks mistakes, {wrong:,} of {len(labels):,} in all"
    figure.suptitle(textwrap.fill(summary, width // LETTER), fontsize=9, y=1 - TITLE_GAP / height, va="top")
    page = torch.frombuffer(bytearray(_pixels(figure)), dtype=torch.uint8).view(height, width, 4)[:, :, :3]
    for image, left, bottom in pasted:
        _paste(page.permute(2, 0, 1), image, left, bottom)
    return png(Image.fromarray(page.numpy()))


def choose_shown(labels: Tensor, predicted: Tensor) -> list[int]:
    """Returns the positions of the first test pictures to show, right ones before mistakes.

    There are at most 36: half of them mistakes, the rest right, as far as there are so many.

    Args:
        labels: (N,) int64, the true classes.
        predicted: (N,) int64, what the pictures were called.
    """
    right = (labels == predicted).nonzero().flatten().tolist()
    wrong = (labels != predicted).nonzero().flatten().tolist()
    room = GRID * GRID
    mistakes = wrong[: max(room // 2, room - len(right))]
    return right[: room - len(mistakes)] + mistakes


def _paste(canvas: Tensor, image: Tensor, left: int, bottom: int) -> None:
    """Puts a picture into the square above `bottom`, in the middle of its cell; pixels of small ones stay squares."""
    scale = SIDE / max(image.shape[1:])
    height, width = (max(1, round(scale * side)) for side in image.shape[1:])
    way = {"mode": "nearest-exact"} if scale > 1 else {"mode": "bilinear", "antialias": True}
    fitted = F.interpolate(image[None].float(), (height, width), **way)[0].round().byte()  # (C, height, width)
    top, left = bottom - (SIDE + height) // 2, left + (CELL[0] - width) // 2
    canvas[:, top : top + height, left : left + width] = fitted


def _title(true: str, said: str) -> tuple[str, Path, str]:
    """Returns what stands above a picture, the font that has its letters, and its colour."""
    true, said, is_right = printable(true), printable(said), true == said
    text, font = lettered(said if is_right else f"× {said}\nis {true}")
    title = "\n".join(shortened(line, CELL[0] // LETTER + 2 * (not is_right)) for line in text.split("\n"))
    return title, font, LIGHT.right if is_right else LIGHT.wrong


def _pixels(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="rgba", dpi=DPI)
    return buffer.getvalue()
