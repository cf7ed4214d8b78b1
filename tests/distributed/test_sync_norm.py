import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from muslin.distributed.sync_norm import SyncedBatchNorm, synchronise_norms
from muslin.distributed.world import ALONE
from tests.distributed import member


@pytest.mark.parametrize("name", member.NORMS)
def test_two_processes_normalise_as_one_does_with_the_whole_batch(pair, name):
    alone = {key: value for key, value in member.norm(ALONE).items() if key.startswith(name + ":")}
    first, second = (load_file(pair / f"norm-{rank}.safetensors") for rank in range(2))
    assert len(alone) >= 5
    for key, value in alone.items():
        is_part = key.split(": ")[1].startswith(("y ", "dx "))
        whole = torch.cat([first[key], second[key]]) if is_part else first[key]
        tolerance = 1e-5 if value.dtype != torch.bfloat16 else 2**-6
        torch.testing.assert_close(whole, value, rtol=tolerance, atol=tolerance, msg=lambda m, key=key: f"{key}: {m}")
        assert is_part or torch.equal(first[key], second[key]), key


def test_names_of_weights_and_buffers_stay():
    model = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.BatchNorm1d(4), nn.ReLU()))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    parameters = list(model.parameters())
    assert synchronise_norms(model) is model
    assert isinstance(model[1][0], SyncedBatchNorm)
    assert list(model.state_dict()) == list(before)
    assert all(a is b for a, b in zip(model.parameters(), parameters, strict=True))
    model.load_state_dict(before)
