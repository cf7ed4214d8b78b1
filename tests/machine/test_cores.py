import pytest

from muslin.machine import cores
from muslin.machine.cores import available_threads, cgroup_quota, memory_limit


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    monkeypatch.setattr(cores, "CGROUP", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("text", "quota"), [("max 100000", None), ("150000 100000", 1.5), ("50000 100000", 0.5)])
def test_quota_of_cgroup_2(cgroup, text, quota):
    (cgroup / "cpu.max").write_text(text + "\n")
    assert cgroup_quota() == quota


@pytest.mark.parametrize(("granted", "quota"), [("-1", None), ("400000", 4.0)])
def test_quota_of_cgroup_1(cgroup, granted, quota):
    (cgroup / "cpu").mkdir()
    (cgroup / "cpu/cpu.cfs_quota_us").write_text(granted)
    (cgroup / "cpu/cpu.cfs_period_us").write_text("100000")
    assert cgroup_quota() == quota


def test_no_cgroup_is_no_quota(cgroup):
    assert cgroup_quota() is None


@pytest.mark.parametrize(("quota", "threads"), [("max", 8), ("250000", 2), ("50000", 1), ("1600000", 8)])
def test_threads_are_the_affinity_cut_to_the_quota(cgroup, monkeypatch, quota, threads):
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    (cgroup / "cpu.max").write_text(f"{quota} 100000")
    assert available_threads() == threads


def test_memory_is_cut_to_the_groups_limit(cgroup):
    whole = memory_limit()
    (cgroup / "memory.max").write_text("1000000")
    assert memory_limit() == 1_000_000
    (cgroup / "memory.max").write_text("max")
    assert memory_limit() == whole > 1_000_000
