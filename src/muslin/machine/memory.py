"""How the system's allocator treats memory that a process that runs for long has freed."""

import ctypes
import sys

__all__ = ["give_back_freed"]

MMAP_THRESHOLD = -3  # glibc's name of the setting, in malloc.h
LARGE = 1 << 20  # bytes


def give_back_freed() -> None:
    """Has glibc give each block of a megabyte or more back to the system as soon as it is freed.

    Left alone, it learns from the first large blocks that are freed to keep blocks of up to 32 MB; Pillow's have 16,
    and the pixels of one large picture can stay in memory for good. Elsewhere than on Linux nothing is done.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if mallopt is not None:
        mallopt(MMAP_THRESHOLD, LARGE)
