import threading

import pytest
import torch
from torch import nn

from muslin.prediction import sharing
from muslin.prediction.sharing import answer_all, twin


class Noting(nn.Module):
    """A model that keeps what it saw until it has answered, as models of one's own do."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 2)
        self.register_buffer("seen", torch.zeros(2))
        self.gate = threading.Barrier(2)

    def forward(self, images):
        self.kept = images
        self.seen = images.mean(0)
        self.gate.wait(timeout=20)  # two threads are at it
        return self.inner(self.kept + self.seen)


@pytest.fixture(autouse=True)
def two_threads(monkeypatch):
    monkeypatch.setattr(sharing, "available_threads", lambda: 2)


def test_answers_come_in_order_from_several_threads_that_share_weights_alone():
    torch.manual_seed(0)
    model = Noting()
    batches = [torch.full((3, 2), float(n)) for n in range(8)]
    with torch.no_grad():
        found = list(answer_all(model, batches, lambda model, batch: list(model(batch))))
        expected = [row for batch in batches for row in model.inner(batch + batch.mean(0))]
    assert torch.equal(torch.stack(found), torch.stack(expected))
    assert not hasattr(model, "kept")
    assert torch.equal(model.seen, torch.zeros(2))


def test_a_twin_has_the_same_weights_in_the_same_memory():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).eval()
    other = twin(model)
    assert [t.data_ptr() for t in other.state_dict().values()] == [t.data_ptr() for t in model.state_dict().values()]
    assert other[0] is not model[0]
    assert not other.training


def test_batches_are_taken_as_answers_are_asked_for():
    taken = []
    batches = (taken.append(n) or n for n in range(100))
    answers = answer_all(nn.Identity(), batches, lambda _model, batch: [batch])
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    assert len(taken) <= 3 + 2 * sharing.AHEAD + 1
    answers.close()
    assert len(taken) < 20


def test_an_error_ends_it_and_the_threads_are_set_back():
    def answer(_model, batch):
        assert torch.get_num_threads() == 1
        if batch == 3:
            raise ValueError("three")
        return [batch]

    before, running = torch.get_num_threads(), threading.active_count()
    torch.set_num_threads(2)
    try:
        answers = answer_all(nn.Identity(), range(9), answer)
        with pytest.raises(ValueError, match="three"):
            list(answers)
        assert torch.get_num_threads() == 2
        assert threading.active_count() == running
    finally:
        torch.set_num_threads(before)


def test_one_batch_is_answered_here():
    here = threading.current_thread()
    assert list(answer_all(nn.Identity(), [1], lambda *_: [threading.current_thread() is here])) == [True]
    assert list(answer_all(nn.Identity(), [], lambda *_: [1])) == []
