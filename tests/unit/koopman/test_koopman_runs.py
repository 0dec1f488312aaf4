"""All fits of a recording."""

import subprocess
import sys
from dataclasses import dataclass, field

import numpy as np
import pytest
from koopman_reference import Plan, random_data

from traindyn.errors import InputError
from traindyn.koopman import fit, fit_recording, split
from traindyn.koopman.runs import number_of_delays


@dataclass
class Recording:
    """What fit_recording reads of a recording, in memory."""

    seeds: np.ndarray = field(default_factory=lambda: np.array([3, 8]))
    steps: np.ndarray = field(default_factory=lambda: np.arange(40))
    bad: tuple[int, ...] = ()
    path: str = "recordings/mlp/sgd/0.h5"
    replicas: int = 4
    weights: int = 5

    def trajectories(self, seed):
        data = random_data(self.replicas, len(self.steps), self.weights, seed=int(seed))
        if seed in self.bad:
            data[0, 5:] = np.nan
        return data

    def select(self, seed, replicas, steps):
        return self.trajectories(seed)[replicas, steps]

    def diverged(self, seed):
        return seed in self.bad


def assert_equal(row, expected):
    np.testing.assert_array_equal(row.fit.eigenvalues, expected.eigenvalues)
    np.testing.assert_array_equal(row.fit.residuals, expected.residuals)


def keys(rows):
    return [(row.seed, row.window.start, row.window.stop, row.resample) for row in rows]


def test_every_seed_and_window_is_fitted():
    lines, recording = [], Recording()
    rows = fit_recording(recording, Plan(windows=[(0, 20), (20, 40)]), lines.append)
    assert keys(rows) == [(3, 0, 20, -1), (3, 20, 40, -1), (8, 0, 20, -1), (8, 20, 40, -1)]
    assert_equal(rows[1], fit(recording.trajectories(3)[:, 20:], 2, 4))
    assert [line.rsplit("; ", 1)[1] for line in lines] == [f"{left} fits remain" for left in (3, 2, 1, 0)]
    assert lines[1].startswith(f"seed 3, steps [20, 40): {rows[1].fit.note}")


def test_sliding_windows_and_centring():
    recording = Recording()
    rows = fit_recording(recording, Plan(window_length=20, window_stride=10, centre=True), lambda line: None)
    assert keys(rows)[:3] == [(3, 0, 20, -1), (3, 10, 30, -1), (3, 20, 40, -1)]
    assert_equal(rows[0], fit(recording.trajectories(3)[:, :20], 2, 4, centre=True))


def test_parts_stand_in_for_seeds_only_where_there_is_one():
    recording, lines = Recording(seeds=np.array([3])), []
    rows = fit_recording(recording, Plan(parts=2), lines.append, root_seed=5)
    assert keys(rows) == [(3, 0, 40, -1), (3, 0, 40, 0), (3, 0, 40, 1)]
    assert_equal(rows[2], fit(recording.trajectories(3)[split(recording.replicas, 2, 5)[1]], 2, 4))
    assert lines[2].startswith("seed 3, steps [0, 40), part 1: ")
    for plan, seeds in ((Plan(parts=2), [3, 8]), (Plan(parts=1), [3]), (Plan(parts=0), [3])):
        assert all(row.resample == -1 for row in fit_recording(Recording(np.array(seeds)), plan, lines.append))


def test_a_diverged_seed_gets_a_line_and_no_rows():
    lines = []
    rows = fit_recording(Recording(bad=(3,)), Plan(), lines.append)
    assert keys(rows) == [(8, 0, 40, -1)]
    assert lines[0] == "seed 3: diverged, it gets no spectrum"
    assert lines[1].endswith("; 0 fits remain")
    assert fit_recording(Recording(bad=(3, 8)), Plan(), lines.append) == []


def test_delays_scale_with_the_weights():
    plan = Plan(delays=None, delays_times_weights=17)
    assert number_of_delays(plan, 5) == 3
    assert number_of_delays(plan, 20) == 0
    recording = Recording()
    rows = fit_recording(recording, plan, lambda line: None)
    assert_equal(rows[0], fit(recording.trajectories(3), 3, 4))
    for both in (Plan(delays=1, delays_times_weights=5), Plan(delays=None)):
        with pytest.raises(InputError, match="one of the two"):
            number_of_delays(both, 5)


def test_gaps_within_a_window_are_refused_and_named():
    recording = Recording(steps=np.concatenate([np.arange(20), np.arange(30, 50)]))
    assert len(fit_recording(recording, Plan(windows=[(0, 20), (30, 50)]), lambda line: None)) == 4
    with pytest.raises(InputError, match=r"recordings/mlp/sgd/0\.h5: window \[10, 40\).*1 to 11 apart"):
        fit_recording(recording, Plan(windows=[(0, 20), (10, 40)]), lambda line: None)


def test_too_few_steps_name_the_recording_seed_and_window():
    with pytest.raises(InputError, match=r"0\.h5: seed 3, steps \[0, 6\): .*6 steps are too few for 7 delays"):
        fit_recording(Recording(), Plan(delays=7, windows=[(0, 6)]), lambda line: None)


def test_errors_of_the_recording_itself_name_it_once():
    class Damaged(Recording):
        def trajectories(self, seed):
            raise InputError(f"{self.path}: damaged")

    with pytest.raises(InputError) as caught:
        fit_recording(Damaged(), Plan(), lambda line: None)
    assert str(caught.value) == "recordings/mlp/sgd/0.h5: damaged"


def test_torch_is_not_imported():
    code = "import sys, traindyn.koopman; sys.exit(any(name in sys.modules for name in ('torch', 'xarray')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_another_recording_may_lend_its_snapshots():
    own, lender = Recording(), Recording(bad=(8,), path="recordings/other/sgd/0.h5")
    lender.trajectories = lambda seed: random_data(4, 40, 5, seed=100 + int(seed))
    lines = []
    rows = fit_recording(own, Plan(), lines.append, unlagged=lender)
    assert keys(rows) == [(3, 0, 40, -1)]  # seed 8 diverged in the lender
    assert_equal(rows[0], fit(lender.trajectories(3), 2, 4, advanced=own.trajectories(3)))
    assert lines[0] == "seed 8: diverged, it gets no spectrum"


def test_a_lender_of_another_shape_is_refused():
    with pytest.raises(InputError, match=r"other\.h5 cannot lend its snapshots"):
        fit_recording(Recording(), Plan(), print, unlagged=Recording(steps=np.arange(41), path="other.h5"))
