"""Items 6 and 13 of the lecture: gradient descent, back-propagation and weight decay."""

from collections.abc import Callable
from typing import Any

import numpy as np
from drawing import BLUE, GREY, INK, PAPER, RED, Array, arrow, curves, panels
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from muslin.textbook import optimizers
from muslin.textbook.network import Network, Step

CENTRE, STEEPNESS = np.array([1.0, 1.0]), np.array([0.6, 4.0])


def bowl_gradient(weights: Array) -> Array:
    """Gradient of the bowl, 1/2 sum steepness (w - centre)^2."""
    return STEEPNESS * (weights - CENTRE)


def descend(update: Callable[[Array, Array], Array], steps: int = 30) -> Array:
    """The path (steps + 1, 2) that an update rule takes through the bowl."""
    path = [np.array([2.6, 0.2])]
    for _ in range(steps):
        path.append(update(path[-1], bowl_gradient(path[-1])))
    return np.array(path)


def draw_gradient_descent() -> Figure:
    """The right update and the one that also subtracts the weights from the gradient."""
    right = descend(lambda w, g: optimizers.gradient_step(w, g, lr=0.15)[0])
    wrong = descend(lambda w, g: w - 0.15 * (g - w))
    figure, (bowl, loss) = panels(2, 3.8, width_ratios=(1.25, 1))
    x, y = np.meshgrid(np.linspace(-0.3, 7.2, 150), np.linspace(-0.4, 2.4, 100))
    height = 0.5 * (STEEPNESS[0] * (x - 1) ** 2 + STEEPNESS[1] * (y - 1) ** 2)
    bowl.contour(x, y, height, levels=[0.1, 0.4, 1, 2, 3.5, 5.5, 8], colors=GREY, linewidths=0.7, alpha=0.6)
    for path, colour, marker, label in [
        (right, BLUE, "o", "w - lr · g"),
        (wrong, RED, "s", "w - lr · (g - w), wrong"),
    ]:
        bowl.plot(*path.T, color=colour, marker=marker, ms=4, lw=1.2, label=label)
        values = 0.5 * (STEEPNESS * (path - CENTRE) ** 2).sum(axis=1)
        loss.semilogy(values, color=colour, marker=marker, ms=4, lw=1.2, label=label)
    bowl.plot(*CENTRE, marker="*", ms=14, color=INK, ls="", label="minimum")
    bowl.set(xlim=(-0.3, 7.2), ylim=(-0.4, 2.4), xlabel="weight 0", ylabel="weight 1", title="Thirty steps in a bowl")
    bowl.legend(loc="upper right", frameon=True, framealpha=1, edgecolor=PAPER)
    curves(loss, "Only one of them goes down", "step", "loss (log scale)")
    return figure


def draw_backpropagation() -> Figure:
    """One training step of a 2-2-1 network: values forward, gradients backward."""
    network = Network((2, 2, 1), seed=3)
    step = network.backpropagate([[1.0, -1.0]], [1])
    figure, (axes,) = panels(1, 3.9)
    where = [[(0, 2), (0, 0)], [(3, 2), (3, 0)], [(6, 1)]]
    for index, layer in enumerate(step.layers):
        draw_weights(axes, layer.weights, layer.weight_gradient, where[index], where[index + 1])
    draw_nodes(axes, step, where)
    axes.text(6.75, 1, f"target 1\nloss {step.loss:.3f} nats", va="center")
    axes.text(3.2, -0.95, "black: value, going forward", color=INK, ha="right")
    axes.text(3.5, -0.95, "orange-red: gradient of the loss, going backward", color=RED)
    axes.set(xlim=(-0.9, 8.3), ylim=(-1.15, 2.75), xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    return figure


def draw_weights(axes: Axes, weights: Array, gradients: Array, left: list[Any], right: list[Any]) -> None:
    """Arrows from each neuron to each, with weight and gradient."""
    for (i, j), weight in np.ndenumerate(weights):
        start, end = np.array(left[i], float), np.array(right[j], float)
        arrow(axes, (start[0] + 0.48, start[1]), (end[0] - 0.5, end[1]))
        place = start + 0.32 * (end - start)
        axes.text(*place, f"{weight:.2f}", ha="center", va="bottom", bbox=PATCH, fontsize=9)
        axes.text(*place, f"{gradients[i, j]:+.2f}", ha="center", va="top", color=RED, bbox=PATCH, fontsize=9)


PATCH = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}


def draw_nodes(axes: Axes, step: Step, where: list[list[tuple[int, int]]]) -> None:
    """Each neuron with what went out of it and the gradient that comes back to its sum."""
    first, *_ = step.layers
    values = [first.inputs[0], *(layer.activation[0] for layer in step.layers)]
    gradients = [first.input_gradient[0], *(layer.pre_activation_gradient[0] for layer in step.layers)]
    names = ["input", "tanh", "sigmoid"]
    for index, places in enumerate(where):
        for k, (x, y) in enumerate(places):
            axes.add_patch(Circle((x, y), 0.46, facecolor=PAPER, edgecolor=INK, lw=1.5, zorder=3))
            axes.text(x, y + 0.04, f"{values[index][k]:.2f}", ha="center", va="bottom", zorder=4)
            axes.text(x, y - 0.04, f"{gradients[index][k]:+.2f}", ha="center", va="top", color=RED, zorder=4)
            axes.text(x, y + 0.52, names[index], ha="center", va="bottom", fontsize=9, color=GREY)


def shrink(penalty: Callable[[Array], Array], steps: int = 240) -> Array:
    """Three weights under gradient descent on a penalty alone (steps + 1, 3)."""
    path = [np.array([1.0, 0.6, 0.25])]
    for _ in range(steps):
        path.append(optimizers.gradient_step(path[-1], penalty(path[-1]), lr=0.01)[0])
    return np.array(path)


def shrink_under_adam(size: float, *, coupled: bool, decay: float = 0.5, steps: int = 300) -> Array:
    """One weight under Adam while its gradient swings between +size and -size (steps + 1,)."""
    weight, state, path = np.array([1.0]), None, [1.0]
    for turn in range(steps):
        gradient = np.array([size if turn % 2 else -size])
        if coupled:
            gradient = gradient + optimizers.l2_penalty_gradient(weight, decay)
            weight, state = optimizers.adam(weight, gradient, state, lr=0.01)
        else:
            weight, state = optimizers.adamw(weight, gradient, state, lr=0.01, weight_decay=decay)
        path.append(float(weight[0]))
    return np.array(path)


def draw_weight_decay() -> Figure:
    """L2 and L1 penalties alone; coupled and decoupled decay under Adam."""
    figure, (left, right) = panels(2, 3.9)
    for penalty, colour, style, label in [
        (lambda w: optimizers.l2_penalty_gradient(w, 1.0), BLUE, "-", "L2: shrinks by a share"),
        (lambda w: optimizers.l1_penalty_gradient(w, 0.5), RED, "--", "L1: shrinks by an amount, to 0"),
    ]:
        lines = left.plot(shrink(penalty), color=colour, ls=style, lw=1.8)
        lines[0].set_label(label)
    curves(left, "Three weights under a penalty alone", "step", "weight")
    left.legend()
    for size, marker in [(5.0, "o"), (0.5, "s")]:
        for coupled, colour in [(True, RED), (False, BLUE)]:
            path = shrink_under_adam(size, coupled=coupled)
            mark = slice(20 if size > 1 else 45, None, 50)
            style = {"color": colour, "lw": 1.6, "ls": "--" if coupled else "-", "marker": marker, "ms": 5}
            form = "coupled" if coupled else "decoupled"
            right.plot(path, markevery=mark, label=f"{form}, gradients of ±{size:g}", **style)
    curves(right, "Under Adam", "step", "weight")
    right.set_ylim(-0.02, 1.42)
    right.legend(loc="upper center", ncols=1)
    return figure
