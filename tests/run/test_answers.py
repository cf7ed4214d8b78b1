import pytest
import safetensors.torch
import torch

from muslin.errors import RunError
from muslin.run.answers import ANSWERS, Answers, read_answers, write_answers


def answers(**changes):
    values = {
        "labels": torch.tensor([0, 1, 2, 1]),
        "predicted": torch.tensor([0, 1, 1, 1]),
        "probabilities": torch.full((4, 3), 1 / 3).half(),
        "shown": torch.tensor([3, 2]),
        "pictures": torch.arange(2 * 1 * 2 * 3, dtype=torch.uint8).view(2, 1, 2, 3),
    }
    return Answers(**values | changes)


def test_what_is_written_is_read(tmp_path):
    write_answers(tmp_path, answers())
    again = read_answers(tmp_path)
    for name, tensor in vars(answers()).items():
        assert torch.equal(getattr(again, name), tensor)
        assert getattr(again, name).dtype == tensor.dtype


def test_probabilities_may_be_missing(tmp_path):
    write_answers(tmp_path, answers(probabilities=None))
    assert read_answers(tmp_path).probabilities is None


def test_a_picture_takes_as_many_bytes_as_are_said(tmp_path):
    none = {"shown": torch.zeros(0).long(), "pictures": torch.zeros(0, 1, 2, 3, dtype=torch.uint8)}
    sizes = []
    for count in (1000, 3000):
        many = {name: torch.zeros(count).long() for name in ("labels", "predicted")}
        write_answers(tmp_path, answers(**none, **many, probabilities=torch.zeros(count, 10).half()))
        sizes.append((tmp_path / ANSWERS).stat().st_size)
    assert (sizes[1] - sizes[0]) / 2000 == pytest.approx(2 * 10 + 8, abs=0.01)  # but for longer numbers in the header


def test_an_old_run_has_none(tmp_path):
    assert read_answers(tmp_path) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"predicted": torch.zeros(3).long()},
        {"probabilities": torch.zeros(3, 3).half()},
        {"shown": torch.tensor([0])},
        {"shown": torch.tensor([0, 4])},
        {"pictures": torch.zeros(2, 1, 2, 3)},
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path, changes):
    write_answers(tmp_path, answers(**changes))
    with pytest.raises(RunError, match="its parts do not fit each other; take a whole copy"):
        read_answers(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, safetensors.torch.save({"labels": torch.zeros(1)})])
def test_damage_is_named(tmp_path, content):
    (tmp_path / ANSWERS).write_bytes(content)
    with pytest.raises(RunError, match="answers.safetensors is damaged"):
        read_answers(tmp_path)
