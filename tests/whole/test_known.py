"""What a run was trained on is known by content, wherever it lies; anything else is scored, however little."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from muslin.run import journal
from tests.samples import bars, write_pictures

TINY = ("--model", "mlp", "--epochs", "1", "--size", "12", "--set", "flip=none", "--set", "shift=0")


@pytest.fixture
def run(here, type_):
    write_pictures(here / "photos", *bars(90, 1, 12, 3, 0))
    code, out, _ = type_("fit", "photos", "--quiet", *TINY)
    assert code == 0
    return out.strip()


def evaluated(type_, *arguments):
    code, out, err = type_("evaluate", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_pictures_that_moved_are_scored_on_the_held_out_fifth(here, run, type_):
    own = evaluated(type_, run)
    (here / "photos").rename(here / "elsewhere")
    moved = evaluated(type_, run, "elsewhere")
    assert (own["part"], moved["part"]) == ("test", "unseen")
    assert own["count"] == moved["count"]
    assert (own["accuracy"], own["confusion"]) == (moved["accuracy"], moved["confusion"])
    left = f"{90 - own['count']} of 90 pictures were trained on and left out; the other {own['count']} are scored"
    assert [note for note in moved["notes"] if "trained on" in note] == [f"{left} (--all scores all)"]
    _, out, err = type_("evaluate", run, "elsewhere")
    assert f"of {own['count']} pictures that it was not trained on" in out
    assert left in err


def test_of_a_mixture_what_is_new_is_scored_whatever_it_is_called(here, run, type_):
    write_pictures(here / "mixture", *bars(12, 1, 12, 3, 7))
    for number, path in enumerate(sorted((here / "photos" / "bar 1").iterdir())):
        with Image.open(path) as image:
            image.save(here / "mixture" / "bar 1" / f"again {number}.bmp")
    own, mixed = evaluated(type_, run), evaluated(type_, run, "mixture")
    assert mixed["count"] == 12 + sum(own["confusion"][1])
    everything = evaluated(type_, run, "mixture", "--all")
    assert (everything["count"], everything["part"]) == (42, "all")
    trained = 42 - mixed["count"]
    assert f"{trained} of 42 pictures were trained on: the accuracy is flattered by them" in everything["notes"]


def test_all_of_ones_own_data(here, run, type_):
    everything = evaluated(type_, run, "--all")
    assert everything["count"] == 90
    assert any("the accuracy is flattered" in note for note in everything["notes"])


def test_where_all_was_trained_on_nothing_is_left(here, run, type_):
    for name in ("bar 0", "bar 1", "bar 2"):
        (here / "some" / name).mkdir(parents=True)
    known = next(
        path
        for path in sorted((here / "photos" / "bar 0").iterdir())
        if shutil.copy(path, here / "some" / "bar 0" / "one.png") and type_("evaluate", run, "some")[0] == 1
    )
    code, _, err = type_("evaluate", run, "some")
    assert code == 1, known
    assert "was trained on all 1 picture of some, so nothing is left to test it on" in err
    assert evaluated(type_, run, "some", "--all")["count"] == 1


@pytest.mark.parametrize(
    ("layout", "count"),
    [
        (["bar 0/a", "bar 1/b", "bar 2/c", "bar 2/d"], 4),
        (["bar 1/a"], 1),
        (["test/bar 0/a", "test/bar 2/b"], 2),
        (["train/bar 0/a", "train/bar 1/b", "test/bar 0/c"], 1),
        (["bar 0/a", "bar 0/b", "bar 1/.keep"], 2),
    ],
)
def test_any_few_pictures_are_scored(here, run, type_, layout, count):
    pictures = iter(bars(9, 1, 12, 3, 99)[0])
    for name in layout:
        path = here / "few" / (name if name.endswith(".keep") else f"{name}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(next(pictures)[0].numpy()).save(path, "PNG")
    assert evaluated(type_, run, "few")["count"] == count


def test_three_copies_of_one_file_are_scored(here, run, type_):
    write_pictures(here / "copies", *bars(1, 1, 12, 3, 5))
    for name in ("x", "y"):
        shutil.copy(here / "copies" / "bar 0" / "0.png", here / "copies" / "bar 0" / f"{name}.png")
    assert evaluated(type_, run, "copies")["count"] == 3


@pytest.mark.parametrize("form", ["npz", "csv", "pixels"])
def test_data_of_another_source_are_scored(here, run, type_, form):
    images, labels = bars(6, 1, 12, 3, 50)
    if form == "npz":
        np.savez(here / "six.npz", images=images[:, 0].numpy(), labels=labels.numpy())
    elif form == "csv":
        write_pictures(here / "six", images, labels)
        rows = [f"six/bar {label}/{number}.png,bar {label}" for number, label in enumerate(labels.tolist())]
        (here / "six.csv").write_text("\n".join(["path,label", *rows]))
    else:
        rows = [[label, *image.flatten().tolist()] for image, label in zip(images, labels.tolist(), strict=True)]
        header = ["label", *(f"pixel{number}" for number in range(144))]
        (here / "six.csv").write_text("\n".join(",".join(map(str, row)) for row in [header, *rows]))
    scores = evaluated(type_, run, f"six.{'npz' if form == 'npz' else 'csv'}")
    assert scores["count"] == 6
    assert ("the labels are numbers: 0 is bar 0, and so on" in scores["notes"]) == (form != "csv")


def test_arrays_of_another_size_are_brought_to_the_models(here, run, type_):
    images, labels = bars(6, 3, 24, 3, 50)
    np.savez(here / "six.npz", images=images.permute(0, 2, 3, 1).numpy(), labels=labels.numpy())
    scores = evaluated(type_, run, "six.npz")
    assert scores["count"] == 6
    assert "pictures of 24 x 24 in colour are brought to 12 x 12, as the model needs" in scores["notes"]


def test_a_test_picture_stays_one_when_others_are_added(here, run, type_):
    counts = [evaluated(type_, run)["count"]]
    write_pictures(here / "more", *bars(60, 1, 12, 3, 20))
    for path in (here / "more").rglob("*.png"):
        path.rename(here / "photos" / path.parent.name / f"new {path.name}")
    code, out, err = type_("fit", "photos", "--quiet", "--init", run, *TINY)
    assert code == 0, err
    grown = out.strip()
    assert "trained on" not in err, "no picture to test on was trained on before"
    counts.append(evaluated(type_, grown)["count"])
    assert counts[1] >= counts[0]
    old_view = evaluated(type_, run, "photos", "--all")
    assert old_view["count"] == 150


def test_no_trained_picture_counts_as_unseen_where_others_are_added(here, type_):
    """A class of few keeps two to train on, whatever their digests; among more, such a picture is for testing."""
    for seed in range(3):
        write_pictures(here / "photos", *bars(12, 1, 12, 3, seed))
    _, out, _ = type_("fit", "photos", "--quiet", *TINY)
    run = out.strip()
    trained = 12 - evaluated(type_, run)["count"]
    write_pictures(here / "more", *bars(60, 1, 12, 3, 40))
    for path in (here / "more").rglob("*.png"):
        path.rename(here / "photos" / path.parent.name / f"new {path.name}")
    grown = evaluated(type_, run)
    assert (grown["count"], grown["part"], grown["trained_on"]) == (72 - trained, "unseen", trained)
    code, out, err = type_("fit", "photos", "--quiet", "--init", run, *TINY)
    assert code == 0
    moved = 0 if "were trained on by" not in err else int(err.split(" of ")[0].split()[-1])
    again = evaluated(type_, out.strip())
    assert (again["part"], again["trained_on"]) == ("test", moved)


def test_other_pictures_where_those_to_train_on_lay_are_all_scored(here, run, type_):
    shutil.rmtree(here / "photos")
    write_pictures(here / "photos", *bars(4, 1, 12, 3, 77))
    for data in ([], ["photos"]):
        scores = evaluated(type_, run, *data)
        assert (scores["count"], scores["part"]) == (4, "all")


def test_other_arrays_where_those_to_train_on_lay_are_all_scored(here, type_):
    images, labels = bars(60, 1, 12, 3, 0)
    np.savez(here / "a.npz", images=images[:, 0].numpy(), labels=labels.numpy())
    _, out, _ = type_("fit", "a.npz", "--quiet", *TINY)
    own = evaluated(type_, out.strip())
    assert own["part"] == "test"
    shutil.copy(here / "a.npz", here / "b.npz")
    copied = evaluated(type_, out.strip(), "b.npz")
    assert (copied["part"], copied["count"], copied["accuracy"]) == ("unseen", own["count"], own["accuracy"])
    np.savez(here / "a.npz", images=images[:4, 0].numpy() + 1, labels=labels[:4].numpy())
    assert evaluated(type_, out.strip())["count"] == 4


def test_weights_know_what_they_began_with(here, run, type_):
    write_pictures(here / "others", *bars(60, 1, 12, 3, 5))
    _, out, _ = type_("fit", "others", "--quiet", "--init", run, *TINY)
    own, later = evaluated(type_, run), evaluated(type_, out.strip(), "photos")
    assert (later["part"], later["count"], later["trained_on"]) == ("unseen", own["count"], 90 - own["count"])


def test_pictures_of_another_size_are_not_told_and_that_is_said(here, type_):
    write_pictures(here / "photos", *bars(30, 1, 12, 3, 0))
    small = ("--epochs", "1", "--model", "resnet20", "--set", "flip=none")
    _, out, _ = type_("fit", "photos", "--quiet", "--size", "12", *small)
    code, _, err = type_("fit", "photos", "--quiet", "--size", "16", "--init", out.strip(), *small)
    assert code == 0, err
    assert "saw pictures of another height and width: which ones of the test it was trained on cannot be told" in err


def test_weights_of_a_run_that_does_not_tell_what_it_saw(here, run, type_):
    (here / run / "known.safetensors").unlink()
    _, _, err = type_("fit", "photos", "--quiet", "--init", run, *TINY)
    assert "does not tell what it was trained on: the test may hold such pictures" in err


def test_weights_are_not_tested_on_what_they_were_trained_on(here, run, type_):
    shutil.copytree(here / "photos", here / "again" / "test")
    write_pictures(here / "again" / "train", *bars(30, 1, 12, 3, 30))
    own = evaluated(type_, run)["count"]
    code, out, err = type_("fit", "again", "--quiet", "--init", run, *TINY)
    assert code == 0
    assert f"{90 - own} of 90 test pictures were trained on by" in err
    events = journal.read(here / out.strip())
    assert sum(map(sum, next(e for e in events if e["event"] == "test")["confusion"])) == own


def test_a_class_that_test_and_validation_lack_is_trained_on_with_a_note(here, type_):
    write_pictures(here / "data" / "train", *bars(30, 1, 12, 3, 0))
    write_pictures(here / "data" / "test", *bars(9, 1, 12, 3, 1))
    write_pictures(here / "data" / "val", *bars(9, 1, 12, 3, 2))
    shutil.rmtree(here / "data" / "test" / "bar 1")
    shutil.rmtree(here / "data" / "val" / "bar 2")
    code, out, err = type_("fit", "data", "--quiet", *TINY)
    assert code == 0, err
    assert "test has no picture of bar 1: its accuracy says nothing of them" in err
    assert "validation has no picture of bar 2: its accuracy says nothing of them" in err
    assert "| bar 1 | 0 | – |" in (here / out.strip() / "README.md").read_text()


def test_fit_notes_copies_and_pictures_of_one_colour_in_passing(here, type_):
    write_pictures(here / "data" / "train", *bars(30, 1, 12, 3, 0))
    write_pictures(here / "data" / "test", *bars(9, 1, 12, 3, 1))
    shutil.copy(here / "data" / "train" / "bar 0" / "0.png", here / "data" / "train" / "bar 1" / "x.png")
    shutil.copy(here / "data" / "train" / "bar 0" / "3.png", here / "data" / "test" / "bar 0" / "y.png")
    Image.new("L", (12, 12), 70).save(here / "data" / "train" / "bar 2" / "grey.png")
    _, _, err = type_("fit", "data", "--quiet", *TINY)
    assert "1 file in two classes: the same picture cannot be of both; muslin data scan names them" in err
    assert "1 file in train and test: the test is flattered by them; muslin data scan names them" in err
    assert "1 picture has one colour throughout" in err


def test_a_run_that_does_not_tell_what_it_was_trained_on_says_so(here, run, type_):
    (here / run / "known.safetensors").unlink()
    (here / "photos").rename(here / "elsewhere")
    scores = evaluated(type_, run, "elsewhere")
    assert scores["count"] == 90
    assert any("does not tell what it was trained on" in note for note in scores["notes"])


def test_a_damaged_list_is_named(here, run, type_):
    (here / run / "known.safetensors").write_bytes(b"no tensors")
    (here / "photos").rename(here / "elsewhere")
    code, _, err = type_("evaluate", run, "elsewhere")
    assert code == 1
    assert "cannot read" in err
    assert "known.safetensors" in err


def test_what_a_run_knows_is_written_anew_where_it_goes_on(here, type_):
    write_pictures(here / "photos", *bars(90, 1, 12, 3, 0))
    assert type_("fit", "photos", "--quiet", *TINY, "--out", "one")[0] == 0
    known = (here / "one" / "known.safetensors").read_bytes()
    events = (here / "one" / "metrics.jsonl").read_text().splitlines()
    kept = [line for line in events if json.loads(line)["event"] not in ("test", "end")]
    (here / "one" / "metrics.jsonl").write_text("\n".join([*kept, ""]))
    (here / "one" / "SHA256SUMS").unlink()
    (here / "one" / "known.safetensors").unlink()
    code, _, err = type_("fit", "--resume", "one", "--quiet")
    assert code == 0, err
    assert (here / "one" / "known.safetensors").read_bytes() == known


def test_a_class_that_is_not_scored_need_not_be_known(here, run, type_):
    write_pictures(here / "data" / "test", *bars(6, 1, 12, 3, 8))
    write_pictures(here / "data" / "train", *bars(6, 1, 12, 3, 9))
    (here / "data" / "train" / "bar 1").rename(here / "data" / "train" / "lamp")
    assert evaluated(type_, run, "data")["count"] == 6
    (here / "data" / "test" / "bar 1").rename(here / "data" / "test" / "lamp")
    code, _, err = type_("evaluate", run, "data")
    assert code == 1
    assert f"data has classes that {run} was not trained on: lamp (2 pictures); it knows bar 0, bar 1, bar 2" in err


def test_a_folder_of_one_class_is_scored_by_its_name(here, run, type_):
    write_pictures(here / "new", *bars(6, 1, 12, 3, 8))
    (here / "new" / "bar 1" / "notes.txt").write_text("two of them")
    scores = evaluated(type_, run, "new/bar 1")
    assert [sum(row) for row in scores["confusion"]] == [0, 2, 0]
    assert "the pictures straight in bar 1/ are taken for one class: bar 1" in scores["notes"]
    assert type_("fit", "new/bar 1")[0] == 1, "nothing to tell apart"
    code, _, err = type_("evaluate", run, run)
    assert code == 1
    assert "holds neither folders of pictures" in err, "the plots in a run's folder are no data"


@pytest.mark.parametrize("part", ["test", "train"])
def test_arrays_of_one_part_alone_are_scored(here, run, type_, part):
    images, labels = bars(6, 1, 12, 3, 50)
    np.savez(here / "six.npz", **{f"{part}_images": images[:, 0].numpy(), f"{part}_labels": labels.numpy()})
    scores = evaluated(type_, run, "six.npz")
    assert (scores["count"], scores["part"]) == (6, "test" if part == "test" else "all")


def test_test_labels_are_counted_as_those_to_train_on_are(here, run, type_):
    """They begin at 1, which the test pictures alone, of the first two classes, do not tell."""
    (images, labels), names = bars(6, 1, 12, 3, 50), ["bar 0", "bar 1", "bar 2"]
    both = {"train_images": images[:, 0].numpy(), "train_labels": labels.numpy() + 1}
    np.savez(
        here / "a.npz", **both, test_images=images[:2, 0].numpy(), test_labels=labels[:2].numpy() + 1, classes=names
    )
    assert [sum(row) for row in evaluated(type_, run, "a.npz")["confusion"]] == [1, 1, 0]
    np.savez(here / "b.npz", images=images[:2, 0].numpy(), labels=labels[:2].numpy() + 1, classes=names)
    assert any(
        "counted from 0, of which there is none: 1 is bar 1" in n for n in evaluated(type_, run, "b.npz")["notes"]
    )


def test_only_test_arrays_are_not_trained_on(here, type_):
    images, labels = bars(6, 1, 12, 3, 50)
    np.savez(here / "six.npz", test_images=images[:, 0].numpy(), test_labels=labels.numpy())
    code, _, err = type_("fit", "six.npz")
    assert code == 1
    assert "six.npz: only pictures to test on are there; add some to train on" in err


def test_fit_notes_repeats_among_arrays(here, type_):
    images, labels = bars(60, 1, 12, 3, 0)
    labels[3] = 1
    images[3] = images[0]
    arrays = images[:, 0].numpy()
    np.savez(
        here / "a.npz", train_images=arrays, train_labels=labels.numpy(), test_images=arrays[8:18],
        test_labels=labels[8:18].numpy(),
    )  # fmt: skip
    _, _, err = type_("fit", "a.npz", "--quiet", *TINY)
    assert "1 picture in two classes: the same picture cannot be of both" in err
    assert "10 pictures in train and test: the test is flattered by them" in err


def test_all_says_how_many_were_trained_on(here, run, type_):
    trained = 90 - evaluated(type_, run)["count"]
    _, out, _ = type_("evaluate", run, "--all")
    assert f"of all its 90 pictures, of which {trained} were trained on" in " ".join(out.split())


def test_what_is_not_scored_need_not_be_whole(here, run, type_):
    write_pictures(here / "data" / "test", *bars(6, 1, 12, 3, 8))
    write_pictures(here / "data" / "train", *bars(6, 1, 12, 3, 9))
    (here / "data" / "train" / "bar 1" / "1.png").write_bytes(b"no picture")
    assert evaluated(type_, run, "data")["count"] == 6
    code, _, err = type_("evaluate", run, "data", "--all")
    assert code == 1
    assert "1.png" in err


def test_one_picture_has_no_class_to_score(here, run, type_):
    code, _, err = type_("evaluate", run, "photos/bar 0/0.png")
    assert code == 1
    assert "to see what a run sees in one picture: muslin predict RUN PICTURE" in err


@pytest.mark.parametrize(
    "wrong",
    [
        {"train_labels": np.full(6, -100)},
        {"train_labels": np.ones((6, 3), int)},
        {"train_images": np.full((6, 12, 12), np.nan)},
        {"train_images": np.zeros((6, 24, 7), np.uint8)},
    ],
)
def test_arrays_to_train_on_need_not_be_right_to_score_those_to_test_on(here, run, type_, wrong):
    images, labels = bars(6, 1, 12, 3, 50)
    right = {"images": images[:, 0].numpy(), "labels": labels.numpy()}
    parts = {f"{part}_{name}": array for part in ("train", "test") for name, array in right.items()}
    np.savez(here / "a.npz", **parts | wrong)
    assert evaluated(type_, run, "a.npz")["count"] == 6
