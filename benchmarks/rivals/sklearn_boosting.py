"""scikit-learn's HistGradientBoostingClassifier with its own settings, for as many iterations as fit in.

python -m benchmarks.rivals.sklearn_boosting --budget 60
"""

from typing import Any

from benchmarks.rivals.race import SEED, Race, accuracy
from sklearn.ensemble import HistGradientBoostingClassifier


class Clock:
    """A score that rises until the time is up, and then falls: early stopping ends one whole fit there.

    So no time goes into sorting the pixels into bins again, which each call with `warm_start` would do.
    """

    def __init__(self, race: Race) -> None:
        self.race, self.times = race, [race.seconds]

    def __call__(self, *_: Any) -> float:
        """Keeps the time of an iteration; answering takes longer with each, in all about a fiftieth of the time."""
        self.times.append(self.race.seconds)
        another = self.times[-1] - self.times[-2]
        return self.times[-1] if self.race.left > another + self.race.budget / 50 else -1.0


def main() -> None:
    """Boosts until the time is up; the curve is played back afterwards."""
    race = Race(__doc__)
    images, labels = race.train
    clock = Clock(race)
    model = HistGradientBoostingClassifier(
        max_iter=10_000, early_stopping=True, scoring=clock, validation_fraction=None, n_iter_no_change=1, tol=0,
        random_state=SEED,
    )  # fmt: skip
    model.fit(images.reshape(-1, 784), labels)
    test = race.test_images.reshape(-1, 784)
    answers = model.predict(test)
    with race.off_the_clock():
        if race.options.curve:
            stages = zip(clock.times[2:], model.staged_predict(test), strict=True)  # two times are before any tree
            race.curve = [(round(seconds, 2), accuracy(stage)) for seconds, stage in stages]
    race.finish(answers, f"{model.n_iter_} iterations", "scikit-learn")


if __name__ == "__main__":
    main()
