import json

import pytest
import torch

from muslin.data.check.doctor import findings_key, read_findings, write_findings
from muslin.data.images import Splits
from muslin.errors import DataError
from muslin.run.known import read_known, write_known
from tests.data.check.findings import findings, one

DIGESTS = torch.tensor([3, -1, 2])
FOUND = findings(one(), one("outlier", "dog/2.png", label="dog", likely="", score=7.5, digest=2**63 - 1))


def test_what_was_kept_is_read_again(tmp_path):
    path = write_findings(FOUND, DIGESTS, tmp_path)
    assert path.parent == tmp_path / "doctor"
    assert read_findings(DIGESTS, tmp_path) == FOUND
    assert read_findings(torch.tensor([2, 3, -1, -1]), tmp_path) == FOUND  # in any order, copies once
    assert read_findings(torch.tensor([2, 3]), tmp_path) is None


def test_a_run_knows_the_key(splits: Splits, tmp_path):
    from muslin.data.content import picture_digests

    write_known(tmp_path, splits)
    known = read_known(tmp_path)
    assert known is not None
    trained = torch.cat([picture_digests(part.images) for part in (splits.train, splits.validation)])
    assert findings_key(known.trained) == findings_key(trained)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content | {"format": 99},
        lambda content: content | {"findings": [{"kind": "label"}]},
        lambda content: content | {"findings": [content["findings"][0] | {"kind": "else"}]},
        lambda content: content | {"findings": [content["findings"][0] | {"score": float("nan")}]},
        lambda _: {},
        lambda _: [],
    ],
)
def test_damaged_ones_are_as_none(change, tmp_path):
    path = write_findings(FOUND, DIGESTS, tmp_path)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    assert read_findings(DIGESTS, tmp_path) is None
    path.write_text("{")
    assert read_findings(DIGESTS, tmp_path) is None


def test_a_cache_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="--cache"):
        write_findings(FOUND, DIGESTS, tmp_path / "file")


def test_counts_and_kinds():
    assert FOUND.counts == {"label": 1, "copy": 0, "near": 0, "outlier": 1, "ambiguous": 0}
    assert [finding.name for finding in FOUND.of("outlier")] == ["dog/2.png"]
    assert json.loads(json.dumps(FOUND.as_json(), allow_nan=False))["counts"]["label"] == 1
