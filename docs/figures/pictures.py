"""Items 9 and 14 of the lecture: the bundled pictures, and their nearest neighbours."""

import numpy as np
from drawing import BLUE, INK, RED, Array, panels
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from muslin.data.sources.fashion_mnist import CLASSES, FOLDER
from muslin.data.sources.idx import read_idx
from muslin.textbook import distances


def pictures(start: int, stop: int) -> tuple[Array, Array]:
    """Some of the bundled training pictures (N, 28, 28) uint8 and their labels (N,)."""
    images = read_idx(FOLDER / "train-images-idx3-ubyte.gz")[start:stop]
    return images, read_idx(FOLDER / "train-labels-idx1-ubyte.gz")[start:stop].astype(np.int64)


def rows_of(images: Array) -> Array:
    """Pictures as rows of float32 pixels in [0, 1]."""
    return images.reshape(len(images), -1).astype(np.float32) / 255


def draw_picture(axes: Axes, image: Array, title: str, colour: str = INK) -> None:
    """One grey picture under its title."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=255)
    axes.set_title(title, fontsize=10, color=colour)
    axes.set(xticks=[], yticks=[])


def draw_neighbours() -> Figure:
    """The nearest training pictures of one picture, by either distance."""
    images, labels = pictures(0, 5000)
    (query,), (label,) = pictures(50_064, 50_065)
    figure, axes = panels(7, 3.7, rows=2)
    for row, (name, pairwise) in enumerate([("L1", distances.pairwise_l1), ("L2", distances.pairwise_l2)]):
        far = pairwise(rows_of(query[None]), rows_of(images))[0]
        draw_picture(axes[7 * row], query, f"{CLASSES[label]}\nasked for")
        axes[7 * row].set_ylabel(f"{name} distance", fontsize=11)
        for one, index in zip(axes[7 * row + 1 : 7 * row + 7], np.argsort(far), strict=False):
            wrong = labels[index] != label
            title = f"{'× ' * int(wrong)}{CLASSES[labels[index]]}\n{far[index]:.1f}"
            draw_picture(one, images[index], title, RED if wrong else BLUE)
    return figure


def draw_fashion_mnist() -> Figure:
    """The first training pictures of each class."""
    images, labels = pictures(0, 2000)
    gap, columns = 1, 12
    sheet = np.full((10 * (28 + gap), columns * (28 + gap)), 255, np.uint8)
    for row in range(10):
        for column, image in enumerate(images[labels == row][:columns]):
            top, left = row * (28 + gap), column * (28 + gap)
            sheet[top : top + 28, left : left + 28] = image // 4 * 4  # 64 greys look the same and save a quarter
    figure, (axes,) = panels(1, 6.9)
    axes.imshow(sheet[:-gap, :-gap], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_yticks(np.arange(10) * (28 + gap) + 14, [f"{k}  {name}" for k, name in enumerate(CLASSES)])
    axes.tick_params(left=False)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    return figure
