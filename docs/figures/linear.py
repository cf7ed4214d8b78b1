"""Item 8 of the lecture: linear classifiers, their templates and scores."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from drawing import BLUE, INK, PAPER, RED, Array, curves, panels
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from pictures import pictures, rows_of

from muslin.data.sources.fashion_mnist import CLASSES
from muslin.look import LIGHT
from muslin.textbook import losses, optimizers

Gradient: TypeAlias = Callable[[Array, Array], Array]

BLUE_RED = LinearSegmentedColormap.from_list("blue-red", [RED, PAPER, BLUE])


def fit_linear(inputs: Array, labels: Array, gradient: Gradient, lr: float) -> tuple[Array, Array]:
    """Weights (D, K) and bias (K,) of a linear classifier, by the gradient of a loss with respect to the scores."""
    generator = np.random.default_rng(0)
    weights, bias = np.zeros((inputs.shape[1], 10), np.float32), np.zeros(10, np.float32)
    for _ in range(1200):
        batch = generator.integers(0, len(inputs), 100)
        x = inputs[batch]
        upstream = gradient(x @ weights + bias, labels[batch])  # (B, K)
        penalty = optimizers.l2_penalty_gradient(weights, weight_decay=0.02)
        weights, _ = optimizers.gradient_step(weights, x.T @ upstream + penalty, lr=lr)
        bias, _ = optimizers.gradient_step(bias, upstream.sum(axis=0), lr=lr)
    return weights, bias


def linear_classifiers() -> dict[str, tuple[Array, Array]]:
    """Softmax and hinge, trained on the same 6,000 pictures."""
    images, labels = pictures(0, 6000)
    return {
        "softmax": fit_linear(rows_of(images), labels, losses.cross_entropy_with_logits_gradient, lr=0.1),
        "hinge": fit_linear(rows_of(images), labels, losses.hinge_loss_gradient, lr=0.02),
    }


def draw_templates() -> Figure:
    """The ten columns of the weights as pictures, for either loss."""
    figure, axes = panels(10, 2.3, rows=2)
    for row, (name, (weights, _)) in enumerate(linear_classifiers().items()):
        limit = np.abs(weights).max()
        for k in range(10):
            one = axes[10 * row + k]
            template = weights[:, k].reshape(28, 28)
            shown = one.imshow(template, cmap=BLUE_RED, vmin=-limit, vmax=limit, interpolation="nearest")
            one.set(xticks=[], yticks=[])
            one.spines[:].set_visible(False)
            if row == 0:
                one.set_title(CLASSES[k].replace("T-shirt/top", "T-shirt").replace("Ankle boot", "Boot"), fontsize=10)
        axes[10 * row].set_ylabel(name, fontsize=11)
        bar = figure.colorbar(shown, ax=axes[10 * row : 10 * row + 10], ticks=[-limit, 0, limit], aspect=8, pad=0.01)
        bar.ax.set_yticklabels(["against", "0", "for"], fontsize=9)
        bar.outline.set_visible(False)
    return figure


def draw_scores() -> Figure:
    """One picture, its ten scores and its loss, by either classifier."""
    images, labels = pictures(50_071, 50_072)
    label = int(labels[0])
    figure, (picture, *axes) = panels(3, 3.6, width_ratios=(0.8, 1, 1))
    picture.imshow(images[0], cmap="gray", vmin=0, vmax=255)
    picture.set(xticks=[], yticks=[], title=f"class: {CLASSES[label]}")
    value = {"softmax": losses.cross_entropy_with_logits, "hinge": losses.hinge_loss}
    for one, (name, (weights, bias)) in zip(axes, linear_classifiers().items(), strict=True):
        scores = (rows_of(images) @ weights + bias)[0]
        near = (name == "hinge") & (scores > scores[label] - 1)
        colours = [BLUE if k == label else RED if near[k] else LIGHT.muted for k in range(10)]
        one.barh(range(10), scores, color=colours, height=0.7)
        unit = " nats" if name == "softmax" else ""
        curves(one, f"{name} loss {value[name](scores, label):.2f}{unit}", "score", "")
        one.set_yticks(range(10), CLASSES if one is axes[0] else [""] * 10)
        one.invert_yaxis()
        one.axvline(0, color=INK, lw=0.8)
        one.grid(axis="y", visible=False)
    axes[1].axvline(scores[label] - 1, color=RED, ls="--", lw=1.6, label="right score - 1: the margin")
    axes[1].legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))
    return figure
