"""The model card: what a run's README says (Mitchell et al., "Model Cards for Model Reporting", 2018, 1810.03993)."""

import re
from collections.abc import Sequence

from muslin.config import VIEWS
from muslin.evaluation.figures import Figures
from muslin.look import note_on_letters
from muslin.models import MODELS
from muslin.prediction.metrics import Score
from muslin.report.record import RunRecord
from muslin.text import percent, printable

__all__ = ["write_card"]

MODES = {1: "L", 3: "RGB"}  # Pillow's, by the number of channels
PLAIN = """\
    import json, numpy, torch
    from PIL import Image
    from safetensors.torch import load_file
    from model import DataSpec, {model}

    spec = DataSpec(**json.load(open("model.json"))["data"])
    model = {model}(spec).eval()
    model.load_state_dict(load_file("model.safetensors"))
    picture = Image.open("picture.png").convert("{mode}").resize((spec.width, spec.height))
    pixels = torch.from_numpy(numpy.array(picture)).view(1, spec.height, spec.width, -1)
    with torch.no_grad():
        logits = model(spec.normalise(pixels.permute(0, 3, 1, 2)))
    probabilities = (logits / {temperature!r}).softmax(1)[0]
    print(spec.classes[probabilities.argmax()], probabilities.max().item())
"""

MARKUP = re.compile(r"[\\`*\[\]<>|&~$#]|(?<![^\W_])_|_(?![^\W_])")  # but for an underscore within a word


def write_card(record: RunRecord, figures: Figures | None = None) -> str:
    """Returns the card of a tested run, in Markdown.

    Args:
        record: the run.
        figures: what its answers to the test set say; None where these are not known.
    """
    assert record.test is not None
    test, classes, sizes = record.test, [_plain(name) for name in record.classes], record.sizes
    rows = "\n".join(
        f"| {name} | {int(test.confusion[i].sum())} | {_percent(recall)} | {_confused_with(test, classes, i)} |"
        for i, (name, recall) in enumerate(zip(classes, test.per_class, strict=True))
    )
    return f"""# {record.settings.model} on {_plain(record.data)}

An image classifier with {len(classes)} classes and {record.parameters:,} parameters, trained by Muslin.

| | |
|---|---|
| test accuracy | **{_percent(test.accuracy)}** of {test.count:,} pictures ({VIEWS[test.views]}) |
{_by_one_view(test)}\
{_how_sure(record, figures)}\
| test loss | {test.loss:.4f} nats |
| recipe, seed | {record.recipe}, {record.settings.seed} |
| pictures | {sizes["train"]:,} to train, {sizes["validation"]:,} to validate, {sizes["test"]:,} to test |
| training | {record.training}{_end(record)} |
| machine | {record.machine} |

The test set was read once, with the last weights; nothing was chosen by it.

| class | test pictures | said right | most often mistaken for |
|---|---|---|---|
{rows}

{_pictures(record)}
## Use

    import muslin
    muslin.load("path/to/this/folder").predict("picture.png")

{_how_it_answers(test)}\
{_without_muslin(record)}\
Pictures should look like the training pictures: framed alike, with background and subject of the same lightness. On
others the model still names one of its classes, and can be sure and wrong.

`sha256sum --check SHA256SUMS` tells whether the files are as they were written.
"""


def _plain(name: str) -> str:
    """Returns a name as Markdown shows it letter for letter, in a table too."""
    return MARKUP.sub(r"\\\g<0>", printable(name))


def _percent(share: float) -> str:
    return "–" if share != share else percent(share, 2)  # nan: a class without test pictures


def _end(record: RunRecord) -> str:
    seconds = "" if record.seconds is None else f", {record.seconds:.0f} s from start to tested"
    return seconds + ("" if record.ended is None else f"; ended: {record.ended}")


def _by_one_view(test: Score) -> str:
    if test.views == 1 or test.accuracy_one_view is None:
        return ""
    return f"| with one view | {_percent(test.accuracy_one_view)} ({VIEWS[1]}) |\n"


def _how_sure(record: RunRecord, figures: Figures | None) -> str:
    """Returns the rows on how far the accuracy may be off, and on how well the probabilities hold."""
    if figures is None:
        return ""
    low, high = figures.interval
    rows = f"| 95 % interval | {_percent(low)} to {_percent(high)}, on other pictures like these |\n"
    if figures.before and figures.after:
        rows += (
            f"| calibration error | {figures.after.calibration_error:.4f}; {figures.before.calibration_error:.4f} "
            f"before logits were divided by {record.calibration.temperature:.3f} |\n"
        )
    if figures.sure:
        rows += (
            f"| sure from {percent(record.calibration.threshold, 1)} on | {percent(figures.sure.coverage, 1)} of the "
            f"test pictures, {_percent(figures.sure.accuracy)} of them answered right |\n"
        )
    return rows


def _how_it_answers(test: Score) -> str:
    if test.views == 1:
        return ""
    return "It answers by the same views of a picture as in the test; with `views=1` by one, which is quicker.\n\n"


def _without_muslin(record: RunRecord) -> str:
    """Returns what loads the model and answers by one view, in plain PyTorch; nothing for a model of one's own."""
    name, channels = record.settings.model, record.input[0]
    if name not in MODELS or channels not in MODES:
        return ""
    code = PLAIN.format(model=name, mode=MODES[channels], temperature=record.calibration.temperature)
    return f"Without Muslin, in this folder, with torch, safetensors, numpy and pillow, and by one view:\n\n{code}\n"


def _pictures(record: RunRecord) -> str:
    curves = "![Loss and accuracy by epoch](curves.png)\n" if len(record.epochs) > 1 else ""
    shown = "![Test pictures and what was said of them](predictions.png)\n" if record.answers else ""
    note = note_on_letters(record.classes) if record.answers else None
    return curves + shown + (f"\n{_plain(f'{note[0].upper()}{note[1:]}')}.\n" if note else "")


def _confused_with(test: Score, classes: Sequence[str], index: int) -> str:
    row = test.confusion[index].clone()
    row[index] = 0
    most = int(row.argmax())
    return f"{classes[most]} ({int(row[most])})" if int(row[most]) else "–"
