"""Write a run's report into its folder: what `fit` does at the end, and what can be done again at any time."""

from pathlib import Path

from muslin.errors import RunError
from muslin.files import write_whole
from muslin.report.card import write_card
from muslin.report.charts import draw_curves, draw_predictions
from muslin.report.record import RunRecord, read_record

__all__ = ["write_report"]


def write_report(folder: Path) -> RunRecord:
    """Makes `README.md` (the model card), `curves.png` and `predictions.png` of a tested run from its folder alone.

    There are no curves of a single epoch, and no predictions of a run without stored answers. `SHA256SUMS` is left to
    the caller: whoever renews it vouches for all other files too.

    Returns:
        What was read.

    Raises:
        RunError: the run was not tested, its files are missing or damaged, or the folder is not writable.
        BundleError: the model's description is missing or damaged.
    """
    record = read_record(folder)
    if record.test is None:
        raise RunError(f"{folder} was not tested: there is nothing to report yet; go on: muslin fit --resume {folder}")
    if record.answers is not None:
        write_whole(folder / "predictions.png", draw_predictions(record))
    if len(record.epochs) > 1:
        write_whole(folder / "curves.png", draw_curves(record))
    write_whole(folder / "README.md", write_card(record))
    return record
