"""The cores and the memory that this process may really use; loads no torch."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

__all__ = ["available_threads"]

CGROUP = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")  # names the control groups that this process is in


def available_threads() -> int:
    """Returns how many threads this process may keep busy, at least 1.

    That is its affinity mask, cut to the control groups' quotas and to `threads_asked`, and shared fairly with the
    other processes that `torchrun` started here. More threads than that make PyTorch many times slower.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cgroup_quota()
    shared = max(1, (min(cores, int(quota)) if quota else cores) // local_processes())
    return min(shared, threads_asked() or shared)


def threads_asked() -> int | None:
    """Returns the most threads that a person wants, by OMP_NUM_THREADS; None where none was told, or nothing sensible.

    `torchrun` sets it to 1 by itself where nobody did: between several processes, 1 is nobody's wish.
    """
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]  # further numbers are for threads within threads
    asked = whole_number(first)
    is_torchruns = asked == 1 and local_processes() > 1 and "TORCHELASTIC_RUN_ID" in os.environ
    return None if is_torchruns or not asked or asked < 0 else asked


def local_processes() -> int:
    """Returns how many processes `torchrun` started on this machine, 1 without it."""
    return max(1, whole_number(os.environ.get("LOCAL_WORLD_SIZE")) or 1)


def cgroup_quota() -> float | None:
    """Returns how many cores' time the control groups grant, in version 2 or 1; None without a limit.

    A file that is empty, or says anything else, is no limit.
    """
    granted = [_ratio(*(_read(group / "cpu.max") or "").split()) for group in _groups("")]
    granted += [
        _ratio(_read(group / "cpu.cfs_quota_us"), _read(group / "cpu.cfs_period_us")) for group in _groups("cpu")
    ]
    return min((share for share in granted if share), default=None)


def memory_limit() -> int | None:
    """Returns the bytes of memory that this process may use: the machine's, cut to the control groups' limits.

    None where the system does not tell.
    """
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    told = [_read(group / "memory.max") for group in _groups("")]
    told += [_read(group / "memory.limit_in_bytes") for group in _groups("memory")]
    limits = [limit for text in told if (limit := whole_number(text)) and limit > 0]
    return min([total, *limits])


def whole_number(text: str | None) -> int | None:
    """Returns the whole number that a text is; None for any other text."""
    try:
        return int(text or "")
    except ValueError:
        return None


def _ratio(quota: str | None = None, period: str | None = None, *_: str) -> float | None:
    """Returns cores' worth of time for a quota and a period in microseconds; None where they set no limit."""
    granted, of = whole_number(quota), whole_number(period)
    return granted / of if granted and of and granted > 0 and of > 0 else None


def _groups(controller: str) -> Iterator[Path]:
    """Yields the folders of this process's control groups, from its own to the root's.

    Args:
        controller: `cpu` or `memory` for version 1, empty for version 2.
    """
    root = CGROUP / controller
    for line in (_read(MEMBERSHIP) or "").splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controller in controllers.split(","):
            inner = PurePosixPath(path.lstrip("/"))
            if ".." not in inner.parts:
                yield from (root / folder for folder in (inner, *inner.parents) if folder.parts)
    yield root


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
