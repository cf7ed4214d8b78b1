import pytest
import torch

from muslin.config import Augmentation
from muslin.data.augment import augment, counter_random

FILL = torch.tensor([77], dtype=torch.uint8)
NOTHING = {"flip": "none", "shift": 0, "erase": 0}


@pytest.fixture
def images():
    return torch.randint(0, 256, (64, 1, 8, 6), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


INDICES = torch.arange(64)


def run(images, epoch=0, seed=0, indices=INDICES, fill=FILL, **changes):
    return augment(images, indices, epoch, seed, Augmentation(**(NOTHING | changes)), fill)


def test_counter_random_is_uniform_and_uncorrelated():
    n = 100_000
    indices = torch.arange(n)
    draws = [
        counter_random(*key[:2], indices, key[2])
        for key in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (10**9, 300, 5))
    ]
    for values in draws:
        assert values.min() >= 0
        assert values.max() < 1
        assert abs(values.mean() - 0.5) < 4 / (12 * n) ** 0.5
        counts = torch.histc(values.float(), 20, 0, 1)
        assert ((counts - n / 20) ** 2 / (n / 20)).sum() < 50  # chi-square, 19 degrees of freedom: p < 0.0002
    correlations = torch.corrcoef(torch.stack(draws)) - torch.eye(len(draws))
    assert correlations.abs().max() < 5 / n**0.5


@pytest.mark.parametrize("changes", [{"flip": "alternate"}, {"flip": "random"}, {"shift": 2}, {"erase": 3}])
def test_depends_on_seed_epoch_and_index_alone(images, changes):
    whole = run(images, epoch=3, seed=5, **changes)
    order = torch.randperm(64, generator=torch.Generator().manual_seed(1))
    parts = [run(images[part], epoch=3, seed=5, indices=part, **changes) for part in order.split(7)]
    assert torch.equal(torch.cat(parts), whole[order])
    assert not torch.equal(run(images, epoch=4, seed=5, **changes), whole)
    assert not torch.equal(run(images, epoch=3, seed=6, **changes), whole)


def test_the_input_is_left_as_it_was(images):
    before = images.clone()
    run(images, flip="random", shift=1, erase=3)
    assert torch.equal(images, before)


def test_nothing_changes_nothing(images):
    assert torch.equal(run(images), images)


def test_alternating_flip_shows_both_sides_in_two_epochs(images):
    even, odd = run(images, 0, flip="alternate"), run(images, 1, flip="alternate")
    mirrored = (even == images.flip(-1)).flatten(1).all(1)
    assert 16 < mirrored.sum() < 48
    assert torch.equal(odd, even.flip(-1))
    assert torch.equal(run(images, 2, flip="alternate"), even)


def test_shift_moves_within_its_bounds_to_every_place(images):
    padded = torch.nn.functional.pad(images, (2, 2, 2, 2))
    seen = set()
    for epoch in range(8):
        for before, after in zip(padded, run(images, epoch, shift=2), strict=True):
            places = [
                (down, right)
                for down in range(5)
                for right in range(5)
                if torch.equal(before[:, down : down + 8, right : right + 6], after)
            ]
            assert len(places) == 1
            seen |= set(places)
    assert len(seen) == 25


def test_erase_blanks_one_square_in_its_share(images):
    bright = images.clamp(min=100)
    erased = run(bright, erase=3, erase_share=0.5)
    counts = (erased == 77).sum((1, 2, 3))
    assert set(counts.tolist()) == {0, 9}
    assert 16 < (counts == 9).sum() < 48
    for mask in (erased[counts == 9] == 77)[:, 0]:
        rows, columns = mask.any(1).nonzero().flatten(), mask.any(0).nonzero().flatten()
        assert len(rows) == len(columns) == 3
        assert rows[-1] - rows[0] == columns[-1] - columns[0] == 2


def test_erase_fills_each_channel_with_its_own_value():
    fill = torch.tensor([1, 2, 3], dtype=torch.uint8)
    erased = run(torch.full((64, 3, 8, 6), 9, dtype=torch.uint8), erase=8, erase_share=1.0, fill=fill)
    assert torch.equal(erased[:, :, :6], fill.view(1, 3, 1, 1).expand(64, 3, 6, 6)) or (erased != 9).any()
    assert {int(v) for v in erased[:, 1].unique()} == {2, 9}


def test_what_comes_in_from_outside_may_repeat_the_edge(images):
    padded = torch.nn.functional.pad(images.float(), (2, 2, 2, 2), mode="replicate").byte()
    for before, after in zip(padded, run(images, 3, shift=2, border="edge"), strict=True):
        places = [
            torch.equal(before[:, down : down + 8, right : right + 6], after) for down in range(5) for right in range(5)
        ]
        assert any(places)
