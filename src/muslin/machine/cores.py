"""The cores and the memory that this process may really use; loads no torch."""

import os
from pathlib import Path

__all__ = ["CGROUP", "available_threads", "cgroup_quota", "memory_limit"]

CGROUP = Path("/sys/fs/cgroup")


def available_threads() -> int:
    """Counts the cores that this process may really use: its affinity mask, cut to the cgroup's quota, shared fairly.

    More threads than that make PyTorch many times slower.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cgroup_quota()
    sharing = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))  # processes that torchrun started on this machine
    return max(1, (min(cores, int(quota)) if quota else cores) // sharing)


def cgroup_quota() -> float | None:
    """Reads how many cores' time the control group grants, in version 2 or 1; None without a limit."""
    if (text := _read(CGROUP / "cpu.max")) is not None:
        quota, period = text.split()
        return None if quota == "max" else int(quota) / int(period)
    granted, period_us = (_read(CGROUP / "cpu" / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
    if granted is None or period_us is None or int(granted) < 0:
        return None
    return int(granted) / int(period_us)


def memory_limit() -> int | None:
    """Finds the bytes of memory that this process may use: the machine's, cut to the cgroup's limit."""
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = _read(CGROUP / "memory.max")
    return min(total, int(limit)) if limit and limit != "max" else total


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
