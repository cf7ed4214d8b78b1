"""The pictures of a run: its curves, and a grid of test pictures with what was said of them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

__all__ = ["Curves", "draw_curves", "draw_predictions"]

RIGHT, WRONG = "#1b6ca8", "#c2410c"  # told apart by colour-blind eyes as well; a cross marks the wrong ones too
GRID = 6
DPI = 150


@dataclass(frozen=True)
class Curves:
    """What to draw, a number for each epoch.

    Attributes:
        train_loss: nats, on augmented pictures with smoothed labels.
        validation_loss: nats.
        validation_accuracy: in [0, 1].
    """

    train_loss: Sequence[float]
    validation_loss: Sequence[float]
    validation_accuracy: Sequence[float]


def draw_curves(curves: Curves, title: str) -> bytes:
    """Draws loss and validation accuracy by epoch; gives a PNG."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    epochs = range(1, len(curves.train_loss) + 1)
    loss.plot(epochs, curves.train_loss, marker="o", color=WRONG, label="training (augmented, smoothed labels)")
    loss.plot(epochs, curves.validation_loss, marker="s", color=RIGHT, label="validation")
    loss.set(xlabel="epoch", ylabel="loss (nats)", title="Loss")
    loss.legend(frameon=False)
    accuracy.plot(epochs, [100 * a for a in curves.validation_accuracy], marker="s", color=RIGHT)
    accuracy.set(xlabel="epoch", ylabel="accuracy (%)", title="Validation accuracy")
    for axes in (loss, accuracy):
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlim(0.5, len(epochs) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    accuracy.set_ylim(top=min(100.5, accuracy.get_ylim()[1]))
    figure.suptitle(title, fontsize=10)
    return _png(figure)


def draw_predictions(images: Tensor, labels: Tensor, predicted: Tensor, classes: Sequence[str]) -> bytes:
    """Draws the first test pictures, half of them mistakes where there are enough; gives a PNG.

    Args:
        images: (N, C, H, W) uint8.
        labels: (N,) int64.
        predicted: (N,) int64.
        classes: K names.
    """
    shown = choose_shown(labels, predicted)
    columns = min(GRID, len(shown))
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(1.75 * columns, 2.1 * rows + 0.6), layout="constrained")
    axes_of = figure.subplots(rows, columns, squeeze=False).flatten()
    for axes in axes_of:
        axes.axis("off")
    for axes, index in zip(axes_of, shown, strict=False):
        _draw_one(axes, images[index], classes[int(labels[index])], classes[int(predicted[index])])
    wrong = int((labels != predicted).sum())
    figure.suptitle(
        f"Test pictures and what was said of them; × marks mistakes, {wrong:,} of {len(labels):,} in all",
        fontsize=9,
    )
    return _png(figure)


def choose_shown(labels: Tensor, predicted: Tensor) -> list[int]:
    """Chooses up to GRID * GRID pictures in their order: half mistakes, the rest right, as far as there are."""
    right, wrong = (
        (labels == predicted).nonzero().flatten().tolist(),
        (labels != predicted).nonzero().flatten().tolist(),
    )
    room = GRID * GRID
    mistakes = wrong[: max(room // 2, room - len(right))]
    return sorted(right[: room - len(mistakes)]) + sorted(mistakes)


def _draw_one(axes: Axes, image: Tensor, true: str, said: str) -> None:
    if len(image) == 1:
        axes.imshow(image[0].numpy(), cmap="gray", vmin=0, vmax=255)
    else:
        axes.imshow(image.permute(1, 2, 0).numpy())
    is_right = true == said
    axes.set_title(said if is_right else f"× {said}\nis {true}", fontsize=8, color=RIGHT if is_right else WRONG)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()
