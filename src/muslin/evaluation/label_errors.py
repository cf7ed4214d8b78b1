"""Find wrong labels by what models say of pictures that they were not trained on.

Confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", 2021,
1911.00068) counts how many labels of each class are wrong, and so says which pictures are suspected. It suspects every
picture that is hard to tell, too. So it is weighed besides how probable it is that a suspected label is a slip rather
than a hard case: two numbers are fitted to all answers, a temperature (Guo et al., 2017, 1706.04599) and the share of
labels that were set to another class at random. Those are reported of which at least half should be wrong by that. No
data are taken to be cleaner than the cleanest known.

On Fashion-MNIST with 2 % of the labels exchanged, confident learning alone found 88 % of them in a list of which 37 %
were such; with the weighing it was 93 % and 64 %, on the seed that this was chosen on (docs/data-doctor.md has others).

Legend: N pictures, K classes.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from muslin.errors import TrainingError

__all__ = ["Doubts", "confident_joint", "doubt_labels"]

ENOUGH = 0.5  # of those that are reported should be wrong
ROUNDING = 1e-6  # by which a probability may miss its class's threshold
ITERATIONS = 100  # of L-BFGS, at most
MOST_NOISE = 0.5  # of the labels
# The fit begins at the best of these: sharp answers with some noise, and soft ones without, can both be better than all
# that is near them.
TEMPERATURES = tuple(2 ** (step / 2) for step in range(-10, 9))
NOISES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3)
LEAST_NOISE = 0.0015  # the cleanest known data set's, MNIST (Northcutt et al., 2021, 2103.14749)
LEAST = 1e-30  # probability: its logarithm is finite


@dataclass(frozen=True)
class Doubts:
    """What is to be thought of each picture's label.

    Attributes:
        probabilities: (N, K) float64, those of the classes, calibrated.
        wrong: (N,) float64, the probability that the label is wrong, in [0, 1].
        likely: (N,) int64, the likeliest class other than the label.
        is_reported: (N,) bool, whether the label is among the likely errors.
        noise: the share of labels that are taken to be wrong at random, in [0.0015, 0.5).
        joint: (K, K) float64, about how many pictures labelled i belong to j, by confident learning; sums to N.
    """

    probabilities: Tensor
    wrong: Tensor
    likely: Tensor
    is_reported: Tensor
    noise: float
    joint: Tensor


def doubt_labels(logits: Tensor, labels: Tensor) -> Doubts:
    """Weighs each label by the answers of models that did not see the picture.

    >>> logits = torch.tensor([[9.0, 0.0], [0.0, 9.0]]).repeat(50, 1)
    >>> labels = torch.tensor([0, 1]).repeat(50)
    >>> labels[0] = 1
    >>> doubt_labels(logits, labels).is_reported.nonzero().flatten().tolist()
    [0]

    Args:
        logits: (N, K) float, finite, K >= 2.
        labels: (N,) int64 in 0 .. K-1.

    Raises:
        TrainingError: the logits have NaN or infinite values.
    """
    if not logits.isfinite().all():
        raise TrainingError("the quick models answer with NaN or infinite values; use precision=fp32")
    logits = logits.double()
    temperature, noise = fit_noise(logits, labels)
    probabilities = (logits / temperature).softmax(1)
    own = probabilities.gather(1, labels[:, None]).flatten()  # (N,)
    slip = noise * other_share(own, logits.shape[1])
    wrong = slip / ((1 - noise) * own + slip).clamp(min=LEAST)
    likely = probabilities.scatter(1, labels[:, None], -1).argmax(1)
    joint = calibrated(confident_joint(probabilities, labels), labels)
    is_reported = suspected(probabilities, labels, joint) & mostly_wrong(wrong)
    return Doubts(probabilities, wrong, likely, is_reported, noise, joint)


def confident_joint(probabilities: Tensor, labels: Tensor) -> Tensor:
    """Counts the pictures labelled i that are confidently of class j.

    Confident is a probability that reaches the threshold of its class: the mean over the pictures that are labelled so.
    Of several such classes the likeliest counts.

    Args:
        probabilities: (N, K) float.
        labels: (N,) int64 in 0 .. K-1.

    Returns:
        (K, K) int64, rows by label.
    """
    classes = probabilities.shape[1]
    confident = confident_class(probabilities, labels)
    known = confident >= 0
    cells = labels[known] * classes + confident[known]
    return torch.bincount(cells, minlength=classes**2).view(classes, classes)


def confident_class(probabilities: Tensor, labels: Tensor) -> Tensor:
    """Returns the class that each picture is confidently of, (N,) int64; -1 where it is of none.

    A class that no picture is labelled as has no threshold, and nothing is confidently of it.
    """
    classes = probabilities.shape[1]
    own = probabilities.gather(1, labels[:, None]).flatten()
    counts = labels.bincount(minlength=classes)
    sums = torch.zeros(classes, dtype=probabilities.dtype).index_add_(0, labels, own)
    thresholds = torch.where(counts > 0, sums / counts.clamp(min=1), torch.inf)  # (K,)
    reached = torch.where(probabilities >= thresholds - ROUNDING, probabilities, -1)
    highest, place = reached.max(1)
    return torch.where(highest >= 0, place, -1)


def calibrated(joint: Tensor, labels: Tensor) -> Tensor:
    """Returns a confident joint with its rows brought to how many pictures have each label; (K, K) float64."""
    classes = len(joint)
    counts = labels.bincount(minlength=classes).double()
    filled = joint.double()
    empty = filled.sum(1) == 0  # labels that no picture confidently has: taken as they are
    filled[empty] = torch.eye(classes, dtype=torch.float64)[empty]
    return filled / filled.sum(1, keepdim=True) * counts[:, None]


def suspected(probabilities: Tensor, labels: Tensor, joint: Tensor) -> Tensor:
    """Returns whose label confident learning suspects: (N,) bool.

    Of each label as many as the joint has off its diagonal, those with the least probability of their label ("prune by
    class"); and all that are confidently of another class.
    """
    own = probabilities.gather(1, labels[:, None]).flatten()
    confident = confident_class(probabilities, labels)
    is_suspected = (confident >= 0) & (confident != labels)
    wrong = (joint.sum(1) - joint.diagonal()).round().long().tolist()
    for label, count in enumerate(wrong):
        members = (labels == label).nonzero().flatten()
        is_suspected[members[own[members].argsort(stable=True)[:count]]] = True
    return is_suspected & (probabilities.argmax(1) != labels)


def mostly_wrong(wrong: Tensor) -> Tensor:
    """Returns the longest list, from the probablest on, of which at least half should be wrong: (N,) bool.

    This keeps the expected false discovery rate of the list at one half (Efron, Large-Scale Inference, 2010).
    """
    order = wrong.argsort(descending=True, stable=True)
    means = wrong[order].cumsum(0) / torch.arange(1, len(order) + 1)
    is_listed = torch.zeros(len(wrong), dtype=torch.bool)
    is_listed[order[: int((means >= ENOUGH).sum())]] = True
    return is_listed


def fit_noise(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """Returns the temperature and the share of random labels that make (N,) labels likeliest, given (N, K) logits.

    A label is the class by softmax(logits / temperature) or, with the probability of noise, any other one. Where all
    answers are equally sure, soft ones without noise explain the labels as well as sharp ones with it: the noise is
    preferred, as if one more random label had been seen.
    """
    count, classes = logits.shape

    def loss_of(temperature: Tensor, noise: Tensor) -> Tensor:
        own = (logits / temperature).softmax(1).gather(1, labels[:, None])  # (N, 1)
        said = (1 - noise) * own + noise * other_share(own, classes)
        return -said.clamp(min=LEAST).log().mean(0) - noise.log() / count  # one for each noise

    noises = torch.tensor(NOISES, dtype=torch.float64)
    losses = torch.stack([loss_of(torch.tensor(temperature), noises) for temperature in TEMPERATURES])
    place, best = divmod(int(losses.argmin()), len(NOISES))
    share = (NOISES[best] - LEAST_NOISE) / (MOST_NOISE - LEAST_NOISE)
    start = math.log(TEMPERATURES[place]), math.log(share / (1 - share))
    parameters = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([parameters], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = loss_of(parameters[0].exp(), noise_of(parameters[1:])).squeeze()
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(closure)
    found = parameters.detach()
    return float(found[0].exp()), float(noise_of(found[1]))


def noise_of(parameter: Tensor) -> Tensor:
    """Returns a noise between the least and the most for any number."""
    return LEAST_NOISE + (MOST_NOISE - LEAST_NOISE) * parameter.sigmoid()


def other_share(own: Tensor, classes: int) -> Tensor:
    """Returns how probable a label is that was set to any class but the true one, given its class's probability."""
    return (1 - own) / (classes - 1)
