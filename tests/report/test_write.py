"""What a report does without: the page is written all the same, and says what is missing and what brings it back."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import muslin
from muslin.data.check.doctor import Findings, PictureFinding, write_findings
from muslin.data.content import picture_digests
from muslin.data.sources.registry import load_splits
from muslin.files import cache_folder
from muslin.report.choice import choose_exhibits, in_turns
from muslin.report.likeness import sought_among
from muslin.report.write import write_report
from muslin.run import journal
from muslin.run.answers import Answers
from muslin.run.known import read_known
from tests.report.records import make_record, make_score
from tests.samples import QUICK, bars, write_pictures

DRAWN = QUICK | {"epochs": 1}


@pytest.fixture
def run(here, idx_folder):
    return muslin.fit(idx_folder, "espresso", **DRAWN).folder


def page_of(folder, **how):
    made = write_report(folder, **how)
    facts = json.loads(json.dumps(made.facts, allow_nan=False))
    page = re.sub(r"base64,[^)]*", "", made.path.read_text())
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)
    assert "None" not in page
    for sentence in facts["missing"]:
        assert sentence.split("“")[0] in page.replace("&#39;", "'")
    return facts, page, made.problems


def test_all_is_there_where_all_is_at_hand(run):
    facts, page, problems = page_of(run)
    assert problems == ()
    assert facts["missing"] == ["The run has a single epoch: there are no curves."]
    assert facts["train_counts"] == [90, 90, 90]
    assert len(facts["exhibits"][0]["neighbours"]) == 3
    assert "tile map" in page
    assert 'id="curves"' not in page


def test_it_is_the_same_page_that_fit_wrote(run):
    before = (run / "report.html").read_text()
    write_report(run)
    assert (run / "report.html").read_text() == before


def test_pictures_that_moved_away(run, idx_folder):
    idx_folder.rename(idx_folder.with_name("elsewhere"))
    facts, page, problems = page_of(run)
    assert facts["missing"][0].startswith("The run's pictures are not where they were")
    assert "no data at" in problems[0]
    assert len(facts["exhibits"]) == 36
    assert all(each["neighbours"] == [] for each in facts["exhibits"])
    assert "tile picture" in page
    assert str(idx_folder) not in page


def test_pictures_that_changed(run, idx_folder, write_idx):
    images, _ = bars(60, 1, 12, 3, 7)
    write_idx(idx_folder / "t10k-images-idx3-ubyte.gz", images[:, 0].numpy(), compress=True)
    facts, _, problems = page_of(run)
    assert facts["missing"][0].startswith("The run's pictures are not where they were, or have changed")
    assert "are not those that" in problems[0]


def test_files_are_named(here):
    write_pictures(here / "photos", *bars(240, 1, 12, 3, 0))
    folder = muslin.fit(here / "photos", "espresso", **DRAWN).folder
    facts, page, _ = page_of(folder)
    test = load_splits(here / "photos").test
    for each in facts["exhibits"]:
        pixels = np.asarray(Image.open(here / "photos" / each["name"]))
        assert np.array_equal(pixels, test.images[each["position"]][0].numpy())
    assert "bar 0/" in page
    assert str(here) not in page


def test_what_the_data_doctor_found_is_told(run, idx_folder):
    known = read_known(run)
    data = load_splits(idx_folder, validation=2000)
    digest = int(picture_digests(data.train.images)[7])
    doubt = PictureFinding("label", "train[7]", "train", "1", "<2>", 0.875, "", digest)
    gone = replace(doubt, name="train[8]", digest=5)
    counts = {"train": 270, "validation": 30, "test": 60}
    findings = Findings("bars", False, ("0", "1", "2"), counts, 0.95, 0.02, (doubt, gone))
    write_findings(findings, known.trained, cache_folder())
    facts, page, _ = page_of(run)
    assert facts["doctor"]["counts"]["label"] == 2
    assert [each["name"] for each in facts["doctor"]["labels"]] == ["train[7]"]
    assert "&lt;2&gt;?" in page
    assert "87.5 %" in page
    advice = [each["text"] for each in facts["advice"] if each["kind"] == "labels in doubt"]
    assert advice == ["The data doctor doubts 2 labels: look at them, and mend them."]


def test_a_model_of_ones_own(here, idx_folder):
    Path("net.py").write_text(
        "from torch import nn\n\ndef tiny(spec):\n    return nn.Sequential(nn.Flatten(), nn.Linear(144, 3))\n"
    )
    folder = muslin.fit(idx_folder, "espresso", **DRAWN | {"model": "net.py:tiny"}).folder
    assert "tile map" in (folder / "report.html").read_text()  # by occlusion: it has no maps, and no features
    facts, page, problems = page_of(folder)
    assert "name it: muslin report RUN --model FILE.py:FACTORY" in facts["missing"][0]
    assert "a model of your own" in problems[0]
    assert "tile map" not in page
    facts, page, problems = page_of(folder, factory="net.py:tiny")
    assert problems == ()
    assert "tile map" in page


def test_a_run_of_an_older_version(run):
    (run / "answers.safetensors").unlink()
    facts, page, _ = page_of(run)
    assert facts["figures"] is None
    assert facts["missing"][0].startswith("This run was made by a version that kept no answers")
    assert 'class="matrix"' in page
    assert 'id="calibration"' not in page


def test_one_without_probabilities_or_calibration(run):
    from muslin.run.answers import read_answers, write_answers
    from muslin.run.description import add_to_description

    add_to_description(run, "calibration", {})
    assert "This run was not calibrated" in page_of(run)[0]["missing"][0]
    answers = read_answers(run)
    write_answers(run, Answers(answers.labels, answers.predicted, None, answers.shown, answers.pictures))
    facts, page, _ = page_of(run)
    assert facts["missing"][0].startswith("There were too many probabilities to keep")
    assert facts["figures"]["before"] is None
    assert 'id="calibration"' not in page


def test_a_class_that_the_test_lacks(here):
    images, labels = bars(300, 1, 12, 3, 0)
    test_images, test_labels = bars(60, 1, 12, 3, 1)
    kept = test_labels != 2
    data = (images.numpy(), labels.numpy()), (test_images[kept].numpy(), test_labels[kept].numpy())
    folder = muslin.fit(data, "espresso", **DRAWN).folder
    facts = write_report(folder).facts
    row = facts["figures"]["classes"][2]
    assert (row["count"], row["recall"], row["roc_area"]) == (0, None, None)
    page = (folder / "report.html").read_text()
    assert '<td data-value="">–</td>' in page
    json.dumps(facts, allow_nan=False)


def test_many_classes_become_a_list(here):
    images = np.random.default_rng(0).integers(0, 256, (450, 8, 8), np.uint8)
    labels = np.arange(450) % 45
    folder = muslin.fit(((images, labels), (images[:90, ::-1], labels[:90])), "espresso", **DRAWN).folder
    page = (folder / "report.html").read_text()
    assert 'class="matrix"' not in page
    assert "The most frequent mistakes of 45 classes" in page
    facts = write_report(folder, splits=None).facts
    worst = facts["worst"][0]
    place = "-".join(str(facts["classes"].index(worst[key])) for key in ("true", "said"))
    assert f'href="#cell-{place}"' in page


def test_losses_that_json_lacks_leave_gaps(run):
    events = journal.read(run)
    (run / journal.NAME).unlink()
    for event in events:
        name = event.pop("event")
        journal.append(run, name, **event | ({"validation_loss": None} if name == "epoch" else {}))
        if name == "epoch":
            journal.append(run, name, **event | {"epoch": 2})
    facts, page, _ = page_of(run)
    assert facts["epochs"][0]["validation_loss"] is None
    assert 'id="curves"' in page


def test_a_copied_run_keeps_its_sums(run, type_):
    import subprocess

    (run / "model.safetensors").write_bytes((run / "model.safetensors").read_bytes()[:-1] + b"x")
    code, out, _ = type_("report", run)
    assert code == 0
    assert out.splitlines()[-1].endswith(f"open {run}/report.html")
    done = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=run, capture_output=True, text=True)
    assert "model.safetensors: FAILED" in done.stdout, "a report vouches for nothing that it did not write"
    assert "report.html: OK" in done.stdout


def test_the_command_tells_the_facts(run, type_):
    code, out, err = type_("report", run, "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert facts["test"]["accuracy"] == facts["figures"]["accuracy"]
    shutil.rmtree(facts["data_name"])
    code, _, err = type_("report", run)
    assert code == 0
    assert "something is missing in the report: no data at" in err
    assert type_("report", "nowhere")[0] == 1


def answers(labels, predicted):
    confidence = torch.linspace(0.9, 0.4, len(labels))
    probabilities = torch.full((len(labels), 3), 0.0)
    probabilities[torch.arange(len(labels)), torch.tensor(predicted)] = confidence
    shown = torch.arange(0)
    return Answers(
        torch.tensor(labels), torch.tensor(predicted), probabilities, shown, torch.zeros(0, 1, 9, 9, dtype=torch.uint8)
    )


def test_mistakes_come_first_and_every_cell_in_turn():
    record = make_record(answers=answers([0, 0, 0, 1, 1, 2, 2], [1, 1, 1, 2, 1, 0, 2]), test=make_score())
    worst, chosen = choose_exhibits(record, 81)
    assert worst == [0, 1, 2, 3, 5]
    assert chosen == [0, 1, 2, 3, 5, 4, 6]
    assert in_turns([9, 8, 7, 6, 5], "aaabb") == [9, 6, 8, 5, 7]


@pytest.mark.parametrize(("count", "work"), [(10, 10**12), (58_000, 2 * 10**7), (10**6, 10**9), (1500, 10**12)])
def test_neighbours_are_sought_among_as_many_as_take_no_minutes(count, work):
    rows = sought_among(count, work)
    assert len(rows) == min(count, max(1000, 3 * 10**11 // work))
    assert rows.unique().numel() == len(rows)
    assert rows.max() < count
