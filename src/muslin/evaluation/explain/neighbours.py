"""The training pictures that a model takes to be most like a picture: the nearest in its own features.

Legend: B pictures, N training pictures, D features, C channels, H x W pixels.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from muslin.data.images import ImageData
from muslin.errors import SettingError
from muslin.evaluation.explain.pictures import answering, check_pictures, largest_batch, prepared
from muslin.models.backbone import as_backbone
from muslin.prediction.classifier import Classifier

__all__ = ["Neighbours", "features_of", "nearest"]

BLOCK = 16 << 20  # distances in memory at a time
PIECE = 1 << 20  # features in float64 in memory at a time
SPARE = 8  # more candidates than asked for, whose distances are then computed exactly
GROUP = 64  # columns of which the least is found first
UNIT, TINY = 2.0**-24, 2.0**-126  # errors of an operation in float32: relative, and absolute where it underflows


@dataclass(frozen=True)
class Neighbours:
    """The nearest of many features.

    Attributes:
        positions: (B, k) int64, their places among all, the nearest first; of equally near ones the first comes first.
        distances: (B, k) float32, Euclidean.
    """

    positions: Tensor
    distances: Tensor


@torch.no_grad()
def features_of(
    classifier: Classifier, images: Tensor | ImageData, progress: Callable[[int], None] = lambda _: None
) -> Tensor:
    """Returns what the model's last layer sees of pictures, by one view each: (B, D) float32 on the CPU.

    Args:
        classifier: one whose model tells its features, as a `Backbone` does; its mode stays.
        images: (B, C, H, W) uint8 of the size that the classifier takes; or a data set, whose pictures may be streamed
            from a file: they are given back batch by batch, so that memory stays flat.
        progress: told after each batch how many pictures are done; what it raises ends the work.

    Raises:
        SettingError: the pictures do not fit the classifier, or its model does not tell its features.
    """
    pictures, file = (images.images, images.file) if isinstance(images, ImageData) else (images, None)
    check_pictures(classifier, pictures)
    model = as_backbone(classifier.model, "nearest pictures")
    features = torch.empty(len(pictures), model.head.in_features)
    batch = largest_batch(classifier)
    with answering(classifier.model):
        for start in range(0, len(pictures), batch):
            features[start : start + batch] = model.features(prepared(classifier, pictures[start : start + batch]))
            if file:
                file.give_back()
            progress(min(start + batch, len(pictures)))
    return features


def nearest(features: Tensor, among: Tensor, k: int = 5) -> Neighbours:
    """Returns the nearest of many features by Euclidean distance, exactly, whatever rounding does.

    Matrix products in float32 find candidates: all that may be among the nearest, for all that the products can be
    wrong. The distances of these, and so their order, are then computed from the differences themselves, in float64. To
    a single row all are candidates: that is done sooner than products are prepared.

    >>> found = nearest(torch.tensor([[0.0], [9.0]]), torch.tensor([[3.0], [1.0], [-1.0]]), k=2)
    >>> found.positions.tolist(), found.distances.tolist()
    ([[1, 2], [0, 1]], [[1.0, 1.0], [6.0, 8.0]])

    Args:
        features: (B, D) float32, finite.
        among: (N, D) float32, finite.
        k: how many, 1 .. N.

    Raises:
        SettingError: there are fewer than k, the shapes do not fit each other, or a number is not finite.
    """
    check_rows(features, among, k)
    features, among = features.detach().float().cpu(), among.detach().float().cpu()
    if len(features) == 1:
        return Neighbours(*nearest_of_all(features[0], among, k))
    queries, known, doubt = comparable(features, among)
    positions, distances = torch.empty(len(features), k, dtype=torch.int64), torch.empty(len(features), k)
    block = max(1, BLOCK // len(among))
    for start in range(0, len(features), block):
        some = slice(start, start + block)
        ranks = torch.from_numpy(queries[some] @ known.T)  # (b, N), by NumPy: PyTorch may be set to round more
        for rows, candidates in candidates_of(ranks, doubt[some], k):
            chosen = start + rows
            positions[chosen], distances[chosen] = nearest_of(features[chosen], among, candidates, k)
    return Neighbours(positions, distances)


def check_rows(features: Tensor, among: Tensor, k: int) -> None:
    """Raises SettingError unless `nearest` can compare all rows."""
    if features.ndim != 2 or among.ndim != 2 or features.shape[1] != among.shape[1]:
        raise SettingError(
            f"features of shapes {tuple(features.shape)} and {tuple(among.shape)} cannot be compared; (B, D) and "
            "(N, D) are needed, by the same model"
        )
    if not 1 <= k <= len(among):
        raise SettingError(f"the {k} nearest of {len(among):,} are asked for; from 1 to {len(among):,} can be")
    if not bool(features.isfinite().all() and among.isfinite().all()):
        raise SettingError("some features are not finite, and so near to nothing; did the training diverge?")


def comparable(features: Tensor, among: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32], Tensor]:
    """Prepares rows so that their products rank as squared distances do, |y|^2 - 2 x y, but for rounding.

    The mean of the known rows is moved to 0 and all numbers are brought below 1, so that products round little.

    Returns:
        (B, D + 1) of -2 x and 1; (N, D + 1) of y and |y|^2; and (B,) float32, by how much two of a row's products can
        differ from the squared distances' own difference (Higham, "Accuracy and Stability of Numerical Algorithms",
        2002, section 3.1, for any order of summation).
    """
    pieces = pieces_of(among)
    mean = torch.stack([piece.double().sum(0) for piece in pieces]).sum(0) / len(among)
    moved = features.double() - mean
    largest = max([float((piece.double() - mean).abs().max()) for piece in (features, *pieces) if piece.numel()] or [0])
    x = (moved / (largest or 1.0)).float()
    known = torch.empty(len(among), among.shape[1] + 1)
    for piece, rows in zip(pieces, known.split(len(pieces[0])), strict=True):
        rows[:, :-1] = (piece.double() - mean) / (largest or 1.0)
        rows[:, -1] = rows[:, :-1].double().square().sum(1)
    squares = known[:, -1].double()
    reach = x.double().norm(dim=1) + squares.max().sqrt()  # no sum of a row's terms is above its square
    terms = x.shape[1] + 10  # those of the product, and a few for the rounding of x, y and |y|^2
    doubt = 2 * terms * (UNIT * reach.square() + TINY)
    queries = torch.cat([-2 * x, torch.ones(len(x), 1)], 1)
    return queries.numpy(), known.numpy(), doubt.float()


def pieces_of(rows: Tensor) -> tuple[Tensor, ...]:
    """Returns (N, D) rows, cut where a copy in float64 would take much memory; views of them."""
    pieces: tuple[Tensor, ...] = rows.split(max(1, PIECE // max(1, rows.shape[1])))
    return pieces


def candidates_of(ranks: Tensor, doubt: Tensor, k: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields rows, and columns among which the k nearest of each of these rows are for sure: (rows,), (rows, M).

    Args:
        ranks: (b, N) float32, which rank the columns of each row but for a doubt.
        doubt: (b,) float32.
        k: neighbours, at most N.
    """
    values, columns = smallest(ranks, min(k + SPARE, ranks.shape[1]))
    limits = values[:, k - 1] + doubt
    is_sure = values[:, -1] > limits if columns.shape[1] < ranks.shape[1] else torch.ones(len(ranks), dtype=torch.bool)
    yield is_sure.nonzero()[:, 0], columns[is_sure]
    for row in (~is_sure).nonzero()[:, 0]:
        yield row[None], (ranks[row] <= limits[row]).nonzero().T


def smallest(ranks: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Returns the smallest numbers of each row and their columns, (rows, count) each, in order: a quicker `topk`.

    They lie in as many groups of columns as they are, those with the smallest minima, or in the rest of a group.
    """
    groups = ranks.shape[1] // GROUP
    if groups <= count:
        values, columns = ranks.topk(count, largest=False)
        return values, columns
    minima = ranks[:, : groups * GROUP].unflatten(1, (groups, GROUP)).amin(2)
    chosen = minima.topk(count, largest=False, sorted=False).indices  # (rows, count)
    columns = (GROUP * chosen[:, :, None] + torch.arange(GROUP)).flatten(1)
    rest = torch.arange(groups * GROUP, ranks.shape[1]).expand(len(ranks), -1)
    columns = torch.cat([columns, rest], 1)
    values, places = ranks.gather(1, columns).topk(count, largest=False)
    return values, columns.gather(1, places)


def nearest_of_all(feature: Tensor, among: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Returns the k nearest of all (N, D) rows to one of (D,): positions and distances, (1, k) each."""
    wanted = feature.double()
    squares = torch.cat([(piece.double() - wanted).square().sum(1) for piece in pieces_of(among)])
    nearest_first = squares.sort(stable=True)
    return nearest_first.indices[None, :k], nearest_first.values[None, :k].sqrt().float()


def nearest_of(features: Tensor, among: Tensor, candidates: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Returns the k nearest of each row's candidates: positions and distances, (rows, k) each.

    Args:
        features: (rows, D) float32.
        among: (N, D) float32.
        candidates: (rows, M) int64, positions in `among`, M at least k.
        k: neighbours.
    """
    candidates = candidates.sort(1).values  # so that of equally near ones the first stays the first
    rows = torch.arange(len(features)).repeat_interleave(candidates.shape[1])
    most = max(1, BLOCK // max(1, features.shape[1]))
    pairs = zip(rows.split(most), candidates.flatten().split(most), strict=True)
    squares = torch.cat([(features[a].double() - among[b].double()).square().sum(1) for a, b in pairs])
    nearest_first = squares.view_as(candidates).sort(dim=1, stable=True)
    return candidates.gather(1, nearest_first.indices[:, :k]), nearest_first.values[:, :k].sqrt().float()
