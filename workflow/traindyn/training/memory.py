"""Memory that one step frees is kept for the next."""

import ctypes
import sys

# Of <malloc.h>. Blocks up to MAPPED_BYTES come from the heap, which is not given back below TRIMMED_BYTES.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
MAPPED_BYTES, TRIMMED_BYTES = 1 << 30, (1 << 31) - 1


def keep_freed_memory() -> None:
    """Tell the C library's allocator, of the whole process, to keep what is freed; where it is not glibc's, nothing.

    By itself it gives large blocks back to the system, which maps and clears every page of them anew at the next step:
    for a gradient of some MiB that takes longer than to compute it.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES)
        mallopt(M_TRIM_THRESHOLD, TRIMMED_BYTES)
