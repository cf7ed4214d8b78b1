import pytest
import torch
import torch.nn.functional as F

from muslin.prediction.metrics import measure
from muslin.prediction.views import Logits


@pytest.mark.parametrize("batch", [1, 7, 10, 64])
def test_every_sample_counts_whatever_the_batches(batch):
    generator = torch.Generator().manual_seed(0)
    logits, labels = torch.randn(64, 4, generator=generator), torch.randint(0, 4, (64,), generator=generator)
    batches = zip(logits.split(batch), labels.split(batch), strict=True)
    metrics = measure(lambda rows: Logits(-rows, rows), batches, 4, views=2)
    assert metrics.views == 2
    assert metrics.loss_one_view == pytest.approx(F.cross_entropy(-logits, labels).item(), rel=1e-6)
    assert metrics.accuracy_one_view == ((-logits).argmax(1) == labels).double().mean().item()
    assert metrics.loss == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-6)
    assert metrics.accuracy == (logits.argmax(1) == labels).double().mean().item()
    assert metrics.count == 64
    assert torch.equal(metrics.predicted, logits.argmax(1))
    assert torch.allclose(metrics.confidence, logits.softmax(1).amax(1))
    assert torch.equal(metrics.probabilities, logits.softmax(1).half())
    for true in range(4):
        for said in range(4):
            assert metrics.confusion[true, said] == ((labels == true) & (logits.argmax(1) == said)).sum()
        assert metrics.per_class[true] == pytest.approx(
            (logits.argmax(1)[labels == true] == true).double().mean().item(), rel=1e-6
        )


def test_probabilities_are_kept_when_asked_for():
    logits, labels = torch.eye(3), torch.arange(3)
    kept = measure(lambda rows: Logits(rows, rows), [(logits, labels)], 3, keep_probabilities=False)
    assert kept.probabilities is None
    assert kept.figures() == {
        "accuracy": 1.0, "loss": kept.loss, "views": 1, "accuracy_one_view": 1.0, "loss_one_view": kept.loss
    }  # fmt: skip
