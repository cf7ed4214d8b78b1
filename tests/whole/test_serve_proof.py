"""The proofs of `make serve-proof`, in short: a served run keeps to what is promised; times are not held against it."""

import sys

import pytest
from benchmarks.proofs.serving import PROOFS, try_all

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at as Linux has them")


def test_a_served_run_keeps_its_promises(exported_run, tmp_path):
    counts = {name: proof.quick for name, proof in PROOFS.items()}
    seen = try_all(exported_run, tmp_path, counts, seed=0, minutes=1, is_timed=False)
    assert {name: one["problems"] for name, one in seen.items()} == {name: [] for name in PROOFS}
    assert all(one["tried"] for one in seen.values())
