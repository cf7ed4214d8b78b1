"""Write a run's report into its folder: what `fit` does at the end, and what can be done again at any time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muslin.data.images import Splits
from muslin.data.reading import Reading
from muslin.errors import RunError
from muslin.files import write_whole
from muslin.machine.device import computing, prepare
from muslin.models import MODELS
from muslin.models.source import source_of
from muslin.report.card import write_card
from muslin.report.charts import draw_curves, draw_predictions
from muslin.report.facts import facts_of, figures_of_record
from muslin.report.gallery import make_gallery
from muslin.report.html import render_report
from muslin.report.materials import gather_materials
from muslin.report.record import RunRecord, read_record
from muslin.run.folder import find_run
from muslin.web.notebook import framed

__all__ = ["FILES", "Report", "write_report"]

REPORT, CARD, CURVES, PREDICTIONS, MODEL = FILES = (
    "report.html", "README.md", "curves.png", "predictions.png", "model.py",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """A report that was written.

    Attributes:
        record: what was read.
        facts: all that it says, as plain values.
        path: the page.
        problems: what could not be read, in full.
    """

    record: RunRecord
    facts: dict[str, Any]
    path: Path
    problems: tuple[str, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        """What it says first, in two lines or fewer: the most frequent mistake, and what to try next."""
        worst, advice = self.facts["worst"], self.facts["advice"]
        lines = []
        if worst:
            lines.append(f"Most often wrong: {worst[0]['in_words']}")
        if advice:
            command = f": {advice[0]['command']}" if advice[0]["command"] else ""
            lines.append(f"Try next ({advice[0]['kind']}){command or ': ' + advice[0]['text']}")
        return tuple(lines)

    def _repr_html_(self) -> str:
        """Returns what a notebook shows: the page itself, in a frame."""
        return framed(self.path.read_text(encoding="utf-8"))


def write_report(
    run: str | Path, *, splits: Splits | None = None, factory: str | None = None, reading: Reading | None = None
) -> Report:
    """Makes a tested run's `report.html`, `README.md` (the model card), `curves.png`, `predictions.png` and `model.py`.

    All is made from the run's folder, and from the data that it was trained on where they still lie; what cannot be
    made is left out with a sentence. There are no curves of a single epoch, no predictions of a run without stored
    answers, and no `model.py` of a model of one's own; it is the model's definition in plain PyTorch, by which the card
    answers without Muslin. `SHA256SUMS` is left to the caller.

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        splits: the run's data, where they are at hand; else they are read again.
        factory: `file.py:factory`, for a run with a model of one's own; naming it allows it to run.
        reading: the cache, and whom to tell of progress, where data are read.

    Raises:
        RunError: the run was not tested, its files are missing or damaged, or the folder is not writable.
        BundleError: the model's description is missing or damaged.
    """
    folder = find_run(run)
    record = read_record(folder)
    if record.test is None:
        raise RunError(f"{folder} was not tested: there is nothing to report yet; go on: muslin fit --resume {folder}")
    gallery, materials = None, None
    if record.answers is not None and len(record.answers.labels):
        with computing():
            machine = prepare("auto", "auto")
            materials = gather_materials(record, splits, factory, reading or Reading(), machine)
            gallery = make_gallery(record, materials, machine)
        write_whole(folder / PREDICTIONS, draw_predictions(record))
    if len(record.epochs) > 1:
        write_whole(folder / CURVES, draw_curves(record))
    write_whole(folder / CARD, write_card(record, figures_of_record(record)))
    if record.settings.model in MODELS:
        write_whole(folder / MODEL, source_of(record.settings.model))
    facts = facts_of(record, gallery, materials)
    write_whole(folder / REPORT, render_report(facts, gallery))
    return Report(record, facts, folder / REPORT, materials.problems if materials else ())
