"""Section *machine*: what the hardware gives at best, by number of threads and on a GPU. Others take shares of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.case import Case, Timed, cpu_timed
from benchmarks.context import Context, apart

BANDWIDTH_MIB = 512


def cases(context: Context) -> list[Case]:
    """Matrix products with NumPy's and PyTorch's libraries, copying and adding up memory."""
    size, mib = (256, 16) if context.quick else (3000, BANDWIDTH_MIB)
    found = []
    for threads in sorted({1, context.threads}):
        for single, bits in ((False, 64), (True, 32)):
            for library in ("NumPy", "PyTorch"):
                arguments = {"library": library, "bits": bits, "size": size, "threads": threads}
                problem = f"matrix product, float{bits}"
                work = {"gigaflop": 2e-9 * size**3, "single": single}
                found.append(Case(problem, library, product, arguments, threads=threads, **work))
        for name, moved in (("copy", 2.0), ("sum", 1.0)):
            problem = f"memory, {name}"
            gigabyte = moved * mib * 2**20 / 1e9
            arguments = {"name": name, "mib": mib, "threads": threads}
            found.append(Case(problem, "PyTorch", memory, arguments, threads=threads, gigabyte=gigabyte))
    return found + (_on_gpu(quick=context.quick) if apart(gpu_name) else [])


def gpu_name() -> str:
    """The GPU that torch finds, or nothing."""
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else ""


def _on_gpu(*, quick: bool) -> list[Case]:
    size, mib = (256, 16) if quick else (8192, 4 * BANDWIDTH_MIB)
    found = [
        Case(
            f"matrix product, float{bits}, GPU",
            "PyTorch",
            gpu_product,
            {"bits": bits, "size": size},
            gpu=True,
            gigaflop=2e-9 * size**3,
            single=bits == 32,
        )
        for bits in (64, 32)
    ]
    copied = 2 * mib * 2**20 / 1e9
    return [*found, Case("memory, copy, GPU", "PyTorch", gpu_copy, {"mib": mib}, gpu=True, gigabyte=copied)]


def gpu_product(bits: int, size: int) -> Callable[[], Timed]:
    """A square matrix product on the GPU in full precision, as trainings compute there."""
    import torch

    from traindyn.training.device import repeat_bits

    repeat_bits()
    dtype = torch.float64 if bits == 64 else torch.float32
    left, right = torch.randn(2, size, size, dtype=dtype, device="cuda")
    out = torch.empty_like(left)
    return _by_events(lambda: torch.matmul(left, right, out=out))


def gpu_copy(mib: int) -> Callable[[], Timed]:
    """Reading and writing the GPU's memory."""
    import torch

    source = torch.ones(mib * 2**17, dtype=torch.float64, device="cuda")
    target = torch.empty_like(source)
    return _by_events(lambda: target.copy_(source))


def _by_events(work: Callable[[], Any]) -> Callable[[], Timed]:
    """Seconds by the GPU's own clock, of ten in a row."""
    import torch

    def run() -> Timed:
        start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for _ in range(10):
            work()
        stop.record()
        stop.synchronize()
        return Timed(start.elapsed_time(stop) / 1e4, None)

    run()
    return run


def product(library: str, bits: int, size: int, threads: int) -> Callable[[], Any]:
    """A square matrix product, size³ multiplications and additions."""
    run = _product(library, bits, size)
    return (lambda: cpu_timed(run)) if threads == 1 else run


def _product(library: str, bits: int, size: int) -> Callable[[], Any]:
    a, b = np.random.default_rng(0).standard_normal((2, size, size)).astype(f"float{bits}")
    if library == "NumPy":
        target = np.empty_like(a)
        return lambda: np.matmul(a, b, out=target) is None
    import torch

    left, right = torch.as_tensor(a), torch.as_tensor(b)
    out = torch.empty_like(left)
    return lambda: torch.matmul(left, right, out=out) is None


def memory(name: str, mib: int, threads: int) -> Callable[[], Any]:
    """Reading and writing (copy), or reading alone (sum), of arrays far larger than any cache."""
    run = _memory(name, mib, threads)
    return (lambda: cpu_timed(run)) if threads == 1 else run


def _memory(name: str, mib: int, threads: int) -> Callable[[], Any]:
    import torch

    torch.set_num_threads(threads)
    source = torch.ones(mib * 2**17, dtype=torch.float64)
    if name == "sum":
        return lambda: float(source.sum())
    target = torch.empty_like(source)
    return lambda: target.copy_(source) is None


def peaks(rows: list[dict[str, Any]]) -> dict[tuple[int | str, str], float]:
    """(threads or "GPU", "float64" | "float32" | "memory") -> best Gflop/s or GB/s of the section's rows."""
    best: dict[tuple[int | str, str], float] = {}
    for row in rows:
        kind = "memory" if row["gigabyte"] else "float32" if row["single"] else "float64"
        speed = (row["gigabyte"] or row["gigaflop"]) / row["seconds"]
        place = (row["on"], kind)
        best[place] = max(best.get(place, 0.0), speed)
    return best
