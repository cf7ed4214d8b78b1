"""What is said of the data doctor is what was measured, also while parts of it are not."""

from benchmarks.measure.doctor import over_seeds, planted, scores, write_planted
from benchmarks.tables.doctor_table import doctor_table
from PIL import Image
from torch import tensor

PLACE = {"processor": "a processor", "threads": 2, "torch": "2.13.0", "date": "2026-01-02"}


def measured(**figures):
    usual = {"pictures": 1000, "wrong_labels": 20, "flagged": 30, "recall": 0.8, "precision": 0.5, "seconds": 90.0}
    return usual | {"likely_class_right": 0.9, "load_before": 0.4, "measured_on": PLACE} | figures


def test_rows_have_means_with_deviations_where_there_were_several_seeds():
    runs = [
        measured(seed=seed, recall=recall, models_agree=0.8, seconds=60.0 * seed)
        for seed, recall in ((1, 0.7), (2, 0.9))
    ]
    for run in runs:
        del run["measured_on"], run["load_before"]
    photographs = over_seeds(runs) | {"measured_on": PLACE, "load_before": 1.26}
    assert photographs["runs"] == runs
    text = doctor_table(
        {"photographs": photographs, "fashion_mnist": measured(models_agree=0.9, espresso_seconds=14.0)}
    )
    head, _, first, second, *rest = text.splitlines()
    assert {line.count("|") for line in (head, first, second)} == {8}
    assert first.endswith("| 20 of 1,000 | 90.0 % | 80.0 % | 50.0 % of 30 | 90.0 % | 1:30 (`espresso` 14 s) |")
    assert "| 20 of 1,000, 2 times | 80.0 ± 0.0 % | 80.0 ± 14.1 % | 50.0 ± 0.0 % of 30 |" in second
    words = " ".join(rest)
    assert (
        "a processor, 2 cores, PyTorch 2.13.0, 2026-01-02. When a part began, the load of other work was 1.3" in words
    )
    assert second.endswith("| 1:00 to 2:00 |")
    assert "Not measured with this version yet: drawn pictures" in words


def test_what_cleanlab_did_not_tell_is_left_empty_and_all_measured_means_nothing_is_missing():
    names = "fashion_mnist", "photographs", "photos", "cleanlab_fashion_mnist"
    text = doctor_table({name: measured() for name in names})
    assert "cleanlab with its example network | 20 of 1,000 |  | 80.0 %" in text
    assert "Not measured" not in text


def test_planted_labels_are_folders_and_their_answers_true(tmp_path):
    drawn = [(Image.new("RGB", (4, 4)), number % 3) for number in range(100)]
    answers = write_planted(tmp_path / "there", drawn, "abc", 5, ".png")
    files = {str(path.relative_to(tmp_path / "there")) for path in (tmp_path / "there").rglob("*.png")}
    assert len(files) == 100
    assert len(answers) == 2
    for name, true in answers.items():
        assert name in files
        assert name[0] != true == "abc"[int(name[2:7]) % 3]
    assert (planted(tensor([0, 1] * 50), 2, 1)[1] != planted(tensor([0, 1] * 50), 2, 2)[1]).any()


def test_scores_count_planted_labels_alone_as_right():
    found = scores({"1": "a", "2": "b", "3": "c"}, {"1": "a", "2": "c", "9": "a", "8": "b"})
    assert found == {
        "wrong_labels": 4, "flagged": 3, "recall": 0.5, "precision": 2 / 3, "likely_class_right": 0.5,
    }  # fmt: skip
