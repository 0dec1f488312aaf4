"""The same numbers by any number of processes, and when a table is worth more than one."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from synthetic_spectra import noisy_group, simulated
from threadpoolctl import threadpool_info

from traindyn import dag
from traindyn.compare import distances, verdicts, window_verdicts
from traindyn.compare.measures import measure_names
from traindyn.compare.parallel import parallel_map
from traindyn.config import load_config
from traindyn.errors import InputError

CENTRE = np.array([0.99, 0.9, 0.7, 0.4])
CONFIG = Path(__file__).parents[3] / "config" / "config.yaml"


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_a_map_in_order(workers, count):
    """The function is a closure: it need not be pickled."""
    shift = 7
    assert parallel_map(lambda item: item**2 + shift, range(count), workers) == [i**2 + 7 for i in range(count)]


@pytest.mark.parametrize("count", [1, 4])
def test_every_process_computes_with_one_thread(count):
    found = parallel_map(lambda _: [pool["num_threads"] for pool in threadpool_info()], range(count), 2)
    assert all(threads == 1 for process in found for threads in process)


def test_errors_come_back():
    spectra = [simulated(np.random.default_rng(i), seed=i)[0] for i in range(4)]
    spectra[2].G[:] = 0
    for workers in (1, 2):
        with pytest.raises(InputError, match=r"group a, seed 2.*positive definite"):
            distances(spectra, ["wasserstein", "cross_residual"], workers)


def test_distances_do_not_depend_on_workers_nor_on_parts(monkeypatch):
    rng = np.random.default_rng(0)
    spectra = [simulated(rng, seed=i, k=k)[0] for i, k in enumerate((4, 4, 3, 5, 4, 3, 4))]
    expected = distances(spectra, measure_names())
    monkeypatch.setattr("traindyn.compare.pairs.PART", 4)
    for workers in (1, 2, 3):
        pd.testing.assert_frame_equal(distances(spectra, measure_names(), workers), expected, check_exact=True)


def test_verdicts_do_not_depend_on_workers():
    rng = np.random.default_rng(1)
    laws = (("a", 0.0), ("b", 0.0), ("c", 0.2))
    spectra = [s for group, shift in laws for s in noisy_group(rng, group, CENTRE - shift, 7, 0.02, (0, 10))]
    plan = SimpleNamespace(alpha=0.05, margin=0.5, permutations=99, bootstraps=99, swaps=99)
    tables = distances(spectra, ["wasserstein", "weighted_wasserstein"]), distances([], [])
    for judge in (verdicts, window_verdicts):
        one, two = (judge(*tables, spectra, plan, 0, workers=workers) for workers in (1, 2))
        pd.testing.assert_frame_equal(one, two, check_exact=True)


def width(**changes):
    raw = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    raw["experiments"] = {"width": raw["experiments"]["width"] | changes}
    return load_config(raw)


@pytest.mark.parametrize(("length", "stride", "expected"), [(None, None, 1), (10, None, 10), (10, 5, 19), (100, 1, 1)])
def test_threads_are_for_many_spectra(length, stride, expected):
    """Of 100 recorded steps: the whole, ten windows, overlapping ones."""
    koopman = {"delays": 3, "modes": 5, "window_length": length, "window_stride": stride}
    changes = {"recording": {"layers": ["output.weight"], "start": 1, "stop": 100}, "koopman": koopman}
    few = width(**changes, seeds=1)
    windows = sum(dag._windows(few.experiments["width"], label) for label in few.experiments["width"].group_labels())
    assert windows == 3 * expected
    assert dag.comparison_threads(few, "width") == 1
    assert dag.comparison_threads(width(**changes, seeds=199 // windows), "width") == 1
    assert dag.comparison_threads(width(**changes, seeds=200 // windows + 1), "width") == dag.COMPARISON_THREADS
