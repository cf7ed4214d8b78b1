"""A small run whose events the loggers are given."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import muslin
from tests.samples import QUICK, bars

pytest.register_assert_rewrite("tests.loggers.contract")


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("data") / "bars.npz"
    train, test = bars(300, 1, 12, 3, 0), bars(60, 1, 12, 3, 1)
    np.savez(
        path,
        train_images=train[0][:, 0].numpy(),
        train_labels=train[1].numpy(),
        test_images=test[0][:, 0].numpy(),
        test_labels=test[1].numpy(),
    )
    return path


@pytest.fixture(scope="session")
def recorded(tmp_path_factory, data) -> list:
    events = []
    muslin.fit(data, "espresso", out=tmp_path_factory.mktemp("recorded") / "run", report=events.append, **QUICK)
    return events


@pytest.fixture(scope="class")
def runs(tmp_path_factory, request) -> Iterator[Path]:
    """The folder of a class's runs; the stores that its tool makes there serve all its tests."""
    folder = tmp_path_factory.mktemp(request.cls.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setenv("TRACKIO_DIR", str(folder / "trackio"))  # read when Trackio is imported
        pytest.importorskip(request.cls.library, reason=f"needs: pip install 'muslin[{request.cls.name}]'")
        yield folder
