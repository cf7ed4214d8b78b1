import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from muslin.config import FitSettings
from muslin.distributed.sync_norm import SyncedBatchNorm
from muslin.training.optimizers import Muon, make_optimizers, orthogonalise, scale_learning_rates


def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 3))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_singular_values_come_near_1(rows, columns, seed):
    matrix = torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))
    before, after = torch.linalg.svdvals(matrix), torch.linalg.svdvals(orthogonalise(matrix))
    assert after.max() < 1.35
    assert (after[before > 0.2 * before[0]] > 0.25).all()


def test_orthogonalising_keeps_the_singular_vectors():
    u, _, v = torch.linalg.svd(torch.randn(6, 9, generator=torch.Generator().manual_seed(0)), full_matrices=False)
    rotated = u.T @ orthogonalise(u @ torch.diag(torch.linspace(1, 2, 6)) @ v) @ v.T
    assert (rotated - torch.diag(rotated.diagonal())).abs().max() < 0.05  # bfloat16


def test_a_zero_gradient_gives_no_nan():
    assert orthogonalise(torch.zeros(3, 4)).abs().max() == 0


def test_muon_turns_a_filter_bank_by_its_learning_rate():
    bank = nn.Parameter(torch.randn(8, 3, 3, 3, generator=torch.Generator().manual_seed(0)))
    optimizer = Muon([bank], lr=0.1)
    bank.grad = torch.randn(8, 3, 3, 3, generator=torch.Generator().manual_seed(1))
    before = bank.detach() * (8**0.5 / bank.detach().norm())
    optimizer.step()
    moved = (bank.detach() - before).flatten(1)
    assert torch.linalg.svdvals(moved).max() < 0.1 * 1.35
    assert moved.norm() == pytest.approx(0.1 * 8**0.5, rel=0.3)
    assert (moved * bank.grad.flatten(1)).sum() < 0


@pytest.mark.parametrize("name", ["sgd", "adamw", "muon"])
def test_every_parameter_is_stepped_once_and_vectors_never_decay(name):
    net = model()
    optimizers = make_optimizers(net, FitSettings(optimizer=name, weight_decay=0.1))
    stepped = [id(p) for o in optimizers for group in o.param_groups for p in group["params"]]
    assert sorted(stepped) == sorted(id(p) for p in net.parameters())
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            if any(p.ndim < 2 for p in group["params"]):
                assert group["weight_decay"] == 0


@pytest.mark.parametrize("norm", [nn.GroupNorm(2, 4), SyncedBatchNorm(nn.BatchNorm2d(4))])
def test_under_muon_norms_have_a_rate_of_their_own(norm):
    net = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 1), norm)
    optimizers = make_optimizers(net, FitSettings(lr=0.1, muon_lr=0.2, norm_lr=0.3))
    rates = {id(p): group["lr"] for o in optimizers for group in o.param_groups for p in group["params"]}
    assert [rates[id(p)] for p in net.parameters()] == [0.2, 0.1, 0.3, 0.3] * 2
    vectors = [p for group in optimizers[1].param_groups for p in group["params"]]
    assert [id(p) for p in vectors] == [id(p) for p in net.parameters() if p.ndim == 1]  # as checkpoints name them


def test_frozen_parameters_are_left_out():
    net = model()
    net[0].weight.requires_grad = False
    optimizers = make_optimizers(net, FitSettings())
    assert all(p is not net[0].weight for o in optimizers for group in o.param_groups for p in group["params"])


def test_scaling_is_from_the_highest_rate_every_time():
    optimizers = make_optimizers(model(), FitSettings(lr=0.4, muon_lr=0.2))
    for factor in (0.5, 1.0, 0.25):
        scale_learning_rates(optimizers, factor)
        rates = {type(o).__name__: o.param_groups[0]["lr"] for o in optimizers}
        assert rates == {"Muon": pytest.approx(0.2 * factor), "SGD": pytest.approx(0.4 * factor)}


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_is_pytorchs_to_the_bit(momentum):
    ours, theirs = model(), model()
    chosen = FitSettings(optimizer="sgd", lr=0.1, momentum=momentum, weight_decay=0.01)
    (optimizer,) = make_optimizers(ours, chosen)
    weights, vectors = ([p for p in theirs.parameters() if (p.ndim > 1) == matrix] for matrix in (True, False))
    groups = [{"params": weights, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}]
    reference = torch.optim.SGD(groups, lr=0.1, momentum=momentum, nesterov=momentum > 0)
    images = torch.randn(6, 2, 4, 4, generator=torch.Generator().manual_seed(2))
    for _ in range(4):
        for net, stepper in ((ours, optimizer), (theirs, reference)):
            stepper.zero_grad()
            net(images).square().sum().backward()
            stepper.step()
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(own, other)


def test_making_muon_brings_no_compiler_in():
    code = (
        "import sys; from torch import nn; from muslin.config import FitSettings; "
        "from muslin.training.optimizers import make_optimizers; "
        "[o.zero_grad() for o in make_optimizers(nn.Conv2d(1, 1, 3), FitSettings())]; "
        "sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sgd_is_nesterovs_with_coupled_decay():
    weight = nn.Parameter(torch.tensor([[1.0, -2.0]]))
    module = nn.Module()
    module.weight = weight
    (optimizer,) = make_optimizers(module, FitSettings(optimizer="sgd", lr=0.1, momentum=0.9, weight_decay=0.5))
    expected, velocity = torch.tensor([[1.0, -2.0]]), torch.zeros(1, 2)
    for _ in range(3):
        weight.grad = torch.tensor([[0.3, 0.1]])
        gradient = weight.grad + 0.5 * expected
        velocity = 0.9 * velocity + gradient
        expected = expected - 0.1 * (gradient + 0.9 * velocity)
        optimizer.step()
    assert torch.allclose(weight, expected, rtol=1e-6)
