import pytest

from muslin.machine import cores
from muslin.machine.cores import available_threads, cgroup_quota, memory_limit


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    """A folder in place of the control groups, of which this process is in the outermost."""
    monkeypatch.setattr(cores, "CGROUP", tmp_path / "groups")
    monkeypatch.setattr(cores, "MEMBERSHIP", tmp_path / "membership")
    for name in ("OMP_NUM_THREADS", "LOCAL_WORLD_SIZE", "TORCHELASTIC_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "groups").mkdir()
    return tmp_path / "groups"


@pytest.fixture
def eight_cores(monkeypatch):
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


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


ODD = ["", "\n", "max", "garbage here", "100000", "1 2 3 4 five", "0 100000", "-1 0", "100000 0", "\0\0", "1e5 1e5"]


@pytest.mark.parametrize("text", ODD)
def test_an_odd_quota_is_no_limit(cgroup, text):
    (cgroup / "cpu.max").write_text(text)
    assert cgroup_quota() in (None, 0.5 if text.startswith("1 2") else None)


@pytest.mark.parametrize("text", ["", "max", "garbage", "-1", "0", "12 34"])
def test_an_odd_memory_limit_is_none(cgroup, text):
    whole = memory_limit()
    (cgroup / "memory.max").write_text(text)
    assert memory_limit() == whole


def test_files_that_are_no_text_or_cannot_be_read_are_no_limit(cgroup):
    (cgroup / "cpu.max").write_bytes(b"\xff\xfe")
    (cgroup / "memory.max").mkdir()
    assert cgroup_quota() is None
    assert memory_limit() > 0


@pytest.mark.parametrize("line", ["0::/outer/inner", "5:cpu,cpuacct:/outer/inner\n4:memory:/outer/inner"])
def test_the_narrowest_of_nested_groups_counts(cgroup, line):
    is_first = ":cpu," in line
    cpu, memory = (cgroup / "cpu", cgroup / "memory") if is_first else (cgroup, cgroup)
    for folder, cores_granted in (("outer", 3), ("outer/inner", 5)):
        (cpu / folder).mkdir(parents=True)
        (memory / folder).mkdir(parents=True, exist_ok=True)
        if is_first:
            (cpu / folder / "cpu.cfs_quota_us").write_text(str(cores_granted * 100_000))
            (cpu / folder / "cpu.cfs_period_us").write_text("100000")
            (memory / folder / "memory.limit_in_bytes").write_text(str(cores_granted << 20))
        else:
            (cpu / folder / "cpu.max").write_text(f"{cores_granted * 100_000} 100000")
            (memory / folder / "memory.max").write_text(str(cores_granted << 20))
    (cgroup.parent / "membership").write_text(line + "\n")
    assert cgroup_quota() == 3
    assert memory_limit() == 3 << 20


@pytest.mark.parametrize("line", ["", "0::", "garbage", "0::/../../etc", "1:2"])
def test_an_odd_membership_is_the_outermost_group(cgroup, line):
    (cgroup.parent / "membership").write_text(line)
    (cgroup / "cpu.max").write_text("200000 100000")
    assert cgroup_quota() == 2


@pytest.mark.parametrize(
    ("told", "threads"), [("3", 3), ("1", 1), ("99", 8), ("4,2", 4), ("", 8), ("many", 8), ("0", 8), ("-2", 8)]
)
def test_omp_num_threads_is_an_upper_bound(cgroup, eight_cores, monkeypatch, told, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert available_threads() == threads


def test_processes_share_the_cores_and_torchruns_own_bound_is_nobodys(cgroup, eight_cores, monkeypatch):
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    assert available_threads() == 4
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert available_threads() == 1
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    assert available_threads() == 4
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert available_threads() == 2
