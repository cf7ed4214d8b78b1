import os
import subprocess
import sys

import pytest

SHOW = "import os, sys; {first}; import muslin; print(os.environ.get('GOMP_SPINCOUNT'))"


def spin_count(first="pass", **environment):
    clean = {name: value for name, value in os.environ.items() if name not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    code = SHOW.format(first=first)
    done = subprocess.run([sys.executable, "-c", code], env=clean | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_threads_wait_awake_for_a_short_time_alone():
    assert int(spin_count()) < 100_000


@pytest.mark.parametrize("told", [{"GOMP_SPINCOUNT": "7"}, {"OMP_WAIT_POLICY": "active"}])
def test_a_persons_choice_stays(told):
    assert spin_count(**told) == told.get("GOMP_SPINCOUNT", "None")


def test_nothing_is_set_once_torch_is_loaded():
    assert spin_count(first="sys.modules['torch'] = None") == "None"
