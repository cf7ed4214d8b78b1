"""Items 7, 9, 10, 11 and 12 of the lecture: curves of activations, distances, losses and information."""

import numpy as np
from drawing import BLUE, GREY, INK, PAPER, RED, curves, panels
from matplotlib.figure import Figure

from muslin.textbook import activations, distances, information, losses


def draw_activations() -> Figure:
    """Five activations with their derivatives, and softmax on four scores."""
    figure, axes = panels(3, 5.4, rows=2)
    x = np.linspace(-4, 4, 401)
    for one, name in zip(axes, ("step", "sigmoid", "tanh", "relu", "gelu"), strict=False):
        one.plot(x, getattr(activations, name)(x), color=BLUE, lw=2, label="value")
        one.plot(x, getattr(activations, f"{name}_gradient")(x), color=RED, lw=1.6, ls="--", label="derivative")
        curves(one, name, "x", "")
        one.set_ylim((-1.25, 1.25) if name in ("step", "sigmoid", "tanh") else (-0.5, 3))
    axes[0].legend(loc="lower right")
    scores = np.array([2.0, 1.0, 0.0, -1.0])
    for shift, scale, colour, hatch in [(-0.2, 1, BLUE, ""), (0.2, 2, RED, "//")]:
        label = "scores as they are" if scale == 1 else "scores doubled"
        shares = activations.softmax(scale * scores)
        axes[5].bar(np.arange(4) + shift, shares, 0.38, facecolor=PAPER if hatch else colour, edgecolor=colour,
                    hatch=hatch, label=label)  # fmt: skip
    curves(axes[5], "softmax", "score of each class", "probability")
    axes[5].set_xticks(range(4), [f"{score:g}" for score in scores])
    axes[5].legend()
    return figure


def draw_unit_balls() -> Figure:
    """All points at distance 1, and two ways from corner to corner."""
    figure, (balls, ways) = panels(2, 3.8)
    for distance, name, style in [
        (distances.l1_distance, "L1", {"color": RED, "ls": "--"}),
        (distances.l2_distance, "L2", {"color": BLUE}),
    ]:
        ball = distances.unit_ball(distance)
        balls.plot(*np.vstack([ball, ball[:1]]).T, lw=2, label=f"{name} distance 1", **style)
    balls.set(xlim=(-1.6, 1.6), ylim=(-1.25, 1.75), aspect="equal")
    curves(balls, "All points at distance 1 from the middle", "x", "y")
    balls.legend(loc="upper center", ncols=2)
    ways.plot([0, 3, 3], [0, 0, 4], color=RED, ls="--", lw=2, label="L1: 3 + 4 = 7")
    ways.plot([0, 3], [0, 4], color=BLUE, lw=2, label="L2: √(3² + 4²) = 5")
    ways.scatter([0, 3], [0, 4], s=70, color=INK, zorder=3)
    ways.set(xlim=(-1.5, 5), ylim=(-0.6, 5.2), aspect="equal")
    curves(ways, "From (0, 0) to (3, 4)", "x", "y")
    ways.legend(loc="upper left")
    return figure


def draw_regression_losses() -> Figure:
    """L1 and L2 against the error, with the root that turns one into the other; and three errors summed up."""
    figure, (left, right) = panels(2, 3.7, width_ratios=(1.2, 1))
    errors = np.linspace(-2.5, 2.5, 201)
    left.plot(errors, [losses.l2_loss([d], [0.0]) for d in errors], color=BLUE, lw=2, label="L2: d²")
    left.plot(errors, [losses.l1_loss([d], [0.0]) for d in errors], color=RED, lw=4, alpha=0.45, label="L1: |d|")
    left.plot(errors, np.sqrt(errors**2), color=INK, lw=1.5, ls=":", label="√(d²), meant as L2")
    curves(left, "The root makes L1 of it", "error d = output - target", "loss")
    left.legend(loc="upper center")
    outputs, targets = np.array([1.0, -3.0]), np.zeros(2)
    bars = {
        "L1\nsum |d|": losses.l1_loss(outputs, targets),
        "sum √(d²)\n(wrong)": float(np.sqrt((outputs - targets) ** 2).sum()),
        "L2\nsum d²": losses.l2_loss(outputs, targets),
        "MSE\nmean d²": losses.mean_squared_error(outputs, targets),
    }
    drawn = right.bar(range(4), list(bars.values()), color=[RED, PAPER, BLUE, BLUE], edgecolor=[RED, INK, BLUE, BLUE])
    drawn[1].set_hatch("..")
    right.bar_label(drawn, fmt="%g", padding=2)
    right.set_ylim(0, 11.5)
    curves(right, "Errors of 1 and -3", "", "loss")
    right.set_xticks(range(4), bars)
    right.grid(axis="x", visible=False)
    return figure


def draw_information() -> Figure:
    """Surprise; the entropy of a coin; cross-entropy against what is believed, and KL in between."""
    figure, (left, middle, right) = panels(3, 3.5)
    p = np.linspace(0.005, 1, 300)
    left.plot(p, information.surprise(p, base=2), color=BLUE, lw=2, label="bits")
    left.plot(p, information.surprise(p), color=RED, lw=2, ls="--", label="nats")
    curves(left, "Surprise", "probability p of what happened", "surprise")
    left.legend()
    coin = np.linspace(0, 1, 201)
    both = np.stack([coin, 1 - coin], axis=1)
    middle.plot(coin, information.entropy(both, base=2), color=BLUE, lw=2)
    curves(middle, "Entropy of a coin", "probability of heads", "entropy (bits)")
    believed = np.linspace(0.02, 0.98, 200)
    q = np.stack([believed, 1 - believed], axis=1)
    truth = np.broadcast_to([0.7, 0.3], q.shape)
    cross, own = information.cross_entropy(truth, q, base=2), float(information.entropy(truth[0], base=2))
    right.plot(believed, cross, color=RED, lw=2, label="cross-entropy H(p, q)")
    right.axhline(own, color=BLUE, lw=2, ls="--", label="entropy H(p)")
    right.fill_between(believed, own, cross, color=RED, alpha=0.12, lw=0, label="KL, the gap")
    right.axvline(0.7, ymax=0.55, color=GREY, lw=1, ls=":")
    curves(right, "A coin with 70 % heads", "believed probability of heads", "bits")
    right.set_ylim(0, 5.4)
    right.legend(loc="upper left")
    return figure


def draw_cross_entropy_loss() -> Figure:
    """Loss against probability, loss against score, and gradient against score, with label smoothing."""
    figure, (left, middle, right) = panels(3, 3.6)
    p = np.linspace(0.005, 1, 300)
    pairs = np.stack([p, 1 - p], axis=1)
    left.plot(p, [losses.cross_entropy_loss([pair], [0]) for pair in pairs], color=BLUE, lw=2)
    curves(left, "Loss of a probability", "probability of the right class", "loss (nats)")
    z = np.linspace(-6, 14, 241)
    scores = np.stack([z, *[np.zeros_like(z)] * 9], axis=1)  # the other nine classes score 0
    for smoothing, colour, style in [(0.0, BLUE, "-"), (0.1, RED, "--"), (0.3, INK, ":")]:
        target = losses.smooth_labels([0], 10, smoothing)
        value = np.array([losses.cross_entropy_with_logits([row], target) for row in scores])
        gradient = [losses.cross_entropy_with_logits_gradient([row], target)[0, 0] for row in scores]
        middle.plot(z, value, color=colour, ls=style, lw=2, label=f"smoothing {smoothing:g}")
        right.plot(z, gradient, color=colour, ls=style, lw=2, label=f"smoothing {smoothing:g}")
        if smoothing:
            middle.plot(z[value.argmin()], value.min(), "o", color=colour, ms=6)
    curves(middle, "Loss of a score, ten classes", "right score, the others 0", "loss (nats)")
    curves(right, "Its gradient, softmax - target", "right score, the others 0", "gradient (nats per unit)")
    right.axhline(0, color=GREY, lw=0.8)
    middle.legend()
    return figure
