"""The model card: what a run's README says (Mitchell et al., "Model Cards for Model Reporting", 2018, 1810.03993)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from muslin.config import VIEWS
from muslin.prediction.metrics import Metrics

__all__ = ["CardFacts", "write_card"]


@dataclass(frozen=True)
class CardFacts:
    """All that a card states.

    Attributes:
        model: its name.
        parameters: how many.
        recipe: its name.
        data: the data's name.
        classes: K names.
        sizes: pictures of each split.
        training: what was trained and for how long.
        curves: whether there is a picture of them.
        seconds: from start to tested.
        ended: how training ended.
        views: of each test picture.
        machine: one line about the hardware and versions.
        seed: of the run.
    """

    model: str
    parameters: int
    recipe: str
    data: str
    classes: Sequence[str]
    sizes: Mapping[str, int]
    training: str
    curves: bool
    seconds: float
    ended: str
    views: int
    machine: str
    seed: int


def write_card(facts: CardFacts, test: Metrics) -> str:
    """Writes the card in Markdown."""
    rows = "\n".join(
        f"| {name} | {int(test.confusion[i].sum())} | {_percent(recall)} | {_confused_with(test, facts.classes, i)} |"
        for i, (name, recall) in enumerate(zip(facts.classes, test.per_class, strict=True))
    )
    sizes = facts.sizes
    return f"""# {facts.model} on {facts.data}

An image classifier with {len(facts.classes)} classes and {facts.parameters:,} parameters, trained by Muslin.

| | |
|---|---|
| test accuracy | **{_percent(test.accuracy)}** of {test.count:,} pictures ({VIEWS[facts.views]}) |
| test loss | {test.loss:.4f} nats |
| recipe, seed | {facts.recipe}, {facts.seed} |
| pictures | {sizes["train"]:,} to train, {sizes["validation"]:,} to validate, {sizes["test"]:,} to test |
| training | {facts.training}, {facts.seconds:.0f} s from start to tested; ended: {facts.ended} |
| machine | {facts.machine} |

The test set was read once, with the last weights; nothing was chosen by it.

| class | test pictures | said right | most often mistaken for |
|---|---|---|---|
{rows}

{"![Loss and accuracy by epoch](curves.png)" if facts.curves else ""}
![Test pictures and what was said of them](predictions.png)

## Use

    import muslin
    muslin.load("path/to/this/folder").predict("picture.png")

Pictures should look like the training pictures: framed alike, with background and subject of the same lightness. On
others the model still names one of its classes, and can be sure and wrong.

`sha256sum --check SHA256SUMS` tells whether the files are as they were written.
"""


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.2f} %"  # nan: a class without test pictures


def _confused_with(test: Metrics, classes: Sequence[str], index: int) -> str:
    row = test.confusion[index].clone()
    row[index] = 0
    most = int(row.argmax())
    return f"{classes[most]} ({int(row[most])})" if int(row[most]) else "–"
