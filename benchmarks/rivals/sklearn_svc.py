"""scikit-learn's SVC on the largest part of the training set that fits in: RBF, gamma "scale", C 10.

Fashion-MNIST's authors found C = 10 with RBF to be the best of their support vector machines.

python -m benchmarks.rivals.sklearn_svc --budget 60
"""

import time
from multiprocessing.pool import ThreadPool

import numpy as np
from benchmarks.rivals.race import SEED, Array, Race
from sklearn.svm import SVC

FIRST = 2000  # pictures to begin with
GROWTH = (2, 1.7, 1.4, 1.2)  # of the next part: the largest that fits in
CACHE_MB = 4000
THREADS = 2  # that answer; libsvm learns on one


def main() -> None:
    """Learns from ever larger balanced parts, as long as the next one fits in by a time that grows with its square."""
    race = Race(__doc__)
    images, labels = race.train
    rows, order = prepare(images), balanced_order(labels)
    count, cost = FIRST, 0.0
    while count:
        begun = time.monotonic()
        model = SVC(C=10, gamma="scale", cache_size=CACHE_MB).fit(rows[order[:count]], labels[order[:count]])
        learnt, cost = count, time.monotonic() - begun
        race.reserve(lambda count, model=model: answer(model, rows[:count]), sample=200)
        race.look(lambda model=model: answer(model, prepare(race.test_images)))
        count = next_count(learnt, len(rows), cost, race)
    race.finish(answer(model, prepare(race.test_images)), f"{learnt:,} pictures", "scikit-learn")


def next_count(count: int, most: int, cost: float, race: Race) -> int:
    """Returns the size of the next part, or 0 if none fits in; the test's time grows with the part too."""
    sizes = [min(most, round(growth * count)) for growth in GROWTH if count < most]
    fits = (
        size for size in sizes if cost * (size / count) ** 2 + race.reserved * (size / count - 1) < race.left
    )  # fmt: skip
    return next(fits, 0)


def balanced_order(labels: Array) -> Array:
    """An order of the pictures, each of whose beginnings has as many of every class."""
    shuffled = np.random.default_rng(SEED).permutation(len(labels))
    rank = np.empty(len(labels), int)
    for label in range(10):
        members = shuffled[labels[shuffled] == label]
        rank[members] = np.arange(len(members))
    return shuffled[np.argsort(rank[shuffled], kind="stable")]


def prepare(images: Array) -> Array:
    """Scales to [0, 1]: (N, 28, 28) bytes to (N, 784) floats."""
    return images.reshape(len(images), -1) / 255


def answer(model: SVC, rows: Array) -> Array:
    """Returns each picture's class, on both cores."""
    with ThreadPool(THREADS) as pool:
        return np.concatenate(pool.map(model.predict, np.array_split(rows, THREADS)))


if __name__ == "__main__":
    main()
