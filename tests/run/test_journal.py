import pytest

from muslin.errors import RunError
from muslin.run import journal


def test_reads_back_what_was_appended(tmp_path):
    journal.append(tmp_path, "epoch", epoch=1, loss=0.5)
    journal.append(tmp_path, "test", per_class=[0.5, float("nan")], loss=float("inf"))
    assert journal.read(tmp_path) == [
        {"event": "epoch", "epoch": 1, "loss": 0.5},
        {"event": "test", "per_class": [0.5, None], "loss": None},
    ]


def test_a_torn_last_line_is_passed_over_and_a_damaged_one_is_not(tmp_path):
    journal.append(tmp_path, "epoch", epoch=1)
    path = tmp_path / journal.NAME
    path.write_text(path.read_text() + '{"event": "ep')
    assert len(journal.read(tmp_path)) == 1
    path.write_text('{"event"\n' + path.read_text())
    with pytest.raises(RunError, match="line 1: not JSON"):
        journal.read(tmp_path)


def test_no_file_is_no_events(tmp_path):
    assert journal.read(tmp_path) == []


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(RunError, match="cannot write"):
        journal.append(tmp_path / "nowhere", "epoch")


def test_rewinding_takes_later_epochs_and_the_end_back(tmp_path):
    for epoch in (1, 2, 3):
        journal.append(tmp_path, "epoch", epoch=epoch, step=5 * epoch)
    journal.append(tmp_path, "resume", step=7)
    journal.append(tmp_path, "test", accuracy=0.5)
    journal.append(tmp_path, "end", ended="done")
    journal.rewind(tmp_path, 2)
    assert [(e["event"], e["step"]) for e in journal.read(tmp_path)] == [("epoch", 5), ("epoch", 10), ("resume", 7)]
