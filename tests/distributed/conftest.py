"""What two and three processes compute together; started once, since each imports PyTorch."""

from pathlib import Path

import pytest

from tests.distributed.together import together


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what each of two processes computed."""
    folder = tmp_path_factory.mktemp("pair")
    ended = together(2, "norm,train,evaluate", folder, folder=folder)
    assert [(e.code, e.out, e.err) for e in ended] == [(0, "", "")] * 2
    return folder


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what each of three processes computed."""
    folder = tmp_path_factory.mktemp("three")
    ended = together(3, "evaluate", folder, folder=folder)
    assert [(e.code, e.out, e.err) for e in ended] == [(0, "", "")] * 3
    return folder
