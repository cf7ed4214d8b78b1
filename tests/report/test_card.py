import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from muslin.config import FitSettings
from muslin.data.decoding.contrast import Contrast
from muslin.evaluation.figures import figures_of
from muslin.models import build
from muslin.models.source import source_of
from muslin.prediction.calibration import Calibration
from muslin.prediction.classifier import Classifier
from muslin.report.card import write_card
from muslin.run.description import add_to_description
from muslin.run.saved_model import save
from tests.models.samples import make_spec
from tests.report.records import make_epochs, make_record, make_score


def test_the_card_states_both_accuracies():
    card = write_card(make_record())
    assert "| test accuracy | **66.67 %** of 6 pictures (each with its mirror image, unsure ones also" in card
    assert "\n| with one view | 50.00 % (each picture once) |\n| test loss | 0.5000 nats |\n" in card
    assert "\nIt answers by the same views of a picture as in the test; with `views=1`" in card


def test_the_card_states_how_sure_that_is():
    labels, predicted = torch.tensor([0, 0, 1, 1, 1]), torch.tensor([0, 1, 1, 1, 1])
    probabilities = torch.tensor([[0.7, 0.3, 0], [0.4, 0.6, 0], [0.1, 0.9, 0], [0.1, 0.9, 0], [0.2, 0.8, 0]])
    calibration = Calibration(temperature=0.5, threshold=0.8, pictures=30)
    card = write_card(
        make_record(calibration=calibration), figures_of(labels, predicted, probabilities, 3, calibration)
    )
    assert "\n| 95 % interval | 37.55 % to 96.38 %, on other pictures like these |\n" in card
    assert "before logits were divided by 0.500 |\n" in card
    assert "\n| sure from 80.0 % on | 80.0 % of the test pictures, 100.00 % of them answered right |\n" in card


def test_with_one_view_there_is_one_accuracy():
    card = write_card(make_record(test=make_score(views=1)))
    assert "**66.67 %** of 6 pictures (each picture once) |\n| test loss |" in card
    assert "with one view" not in card
    assert "same views" not in card


def test_an_old_run_states_what_it_knows():
    record = make_record(
        test=make_score(accuracy_one_view=None, loss_one_view=None), answers=None, ended=None, seconds=None
    )
    card = write_card(record)
    assert "| training | 2 epochs |" in card
    assert "with one view" not in card
    assert "predictions.png" not in card
    assert "None" not in card


def test_what_the_record_says_stands_on_the_card():
    card = write_card(make_record(settings=FitSettings(model="mlp", seed=7)))
    assert card.startswith("# mlp on bars\n\nAn image classifier with 3 classes and 12,345 parameters")
    for line in (
        "| recipe, seed | coffee, 7 |",
        "| pictures | 270 to train, 30 to validate, 6 to test |",
        "| training | 2 epochs, 61 s from start to tested; ended: done |",
        "| machine | 2 CPU threads, fp32; PyTorch 2, Muslin 0 |",
        "| 0 | 3 | 66.67 % | 2 (1) |",
        "| 2 | 0 | – | – |",
        "![Test pictures and what was said of them](predictions.png)",
    ):
        assert f"\n{line}\n" in card


def test_no_curves_of_one_epoch():
    assert "(curves.png)" in write_card(make_record())
    assert "(curves.png)" not in write_card(make_record(epochs=make_epochs(1)))


def test_names_are_shown_letter_for_letter():
    card = write_card(make_record(classes=("a|b", "<i>\n$", "caf\udce9_ a_b"), data="[x](y) `z`"))
    assert card.startswith("# mlp on \\[x\\](y) \\`z\\`\n")
    assert "\n| a\\|b | 3 | 66.67 % | caf\\\\udce9\\_ a_b (1) |\n| \\<i\\>\\\\n\\$ | 3 | " in card
    card.encode()


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_the_plain_lines_answer_as_the_run_does_without_muslin(channels: int, mode: str, tmp_path: Path):
    spec = replace(make_spec(channels, 17, 20, 3), classes=("a", "b", "c"))
    torch.manual_seed(channels)
    model = build("resnet_narrow", spec).eval()
    save(tmp_path, model, "resnet_narrow", spec, Contrast(0.1, 0.5), views=1)
    add_to_description(tmp_path, "calibration", Calibration(0.5, 0.1, 30).as_json())
    (tmp_path / "model.py").write_text(source_of("resnet_narrow"), encoding="utf-8")
    pixels = torch.randint(256, (17, 20) if channels == 1 else (17, 20, 3), dtype=torch.uint8).numpy()
    Image.fromarray(pixels, mode).save(tmp_path / "picture.png")
    record = make_record(
        settings=FitSettings(model="resnet_narrow"), input=(channels, 17, 20), calibration=Calibration(0.5, 0.1, 30)
    )
    lines = textwrap.dedent("\n".join(plain_lines(write_card(record))))
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['muslin'] = None\n{lines}"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    expected = Classifier(model, spec, calibration=Calibration(0.5, 0.1, 30)).predict(tmp_path / "picture.png")
    assert not found.stderr
    label, probability = found.stdout.split()
    assert label == expected.label
    assert float(probability) == pytest.approx(expected.probability, abs=1e-6)


def plain_lines(card: str) -> list[str]:
    """The lines of the card's example without Muslin."""
    block = card.partition("Without Muslin")[2].partition("\n\n")[2]
    lines = block.partition("\n\nPictures should")[0].splitlines()
    assert len([line for line in lines if line.strip()]) <= 15
    return lines


def test_a_model_of_ones_own_is_not_said_to_answer_without_muslin():
    assert "Without Muslin" not in write_card(make_record(settings=FitSettings(model="file.py:net")))
