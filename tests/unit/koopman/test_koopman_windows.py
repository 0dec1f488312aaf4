"""Windows of training steps, and parts of the replicas."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traindyn.errors import InputError
from traindyn.koopman import Window, split, windows

EVERY_TENTH = np.arange(0, 100, 10)


def test_whole_recording_is_the_one_window():
    assert windows(np.arange(5, 25)) == [Window(5, 25, slice(0, 20))]
    assert windows(EVERY_TENTH) == [Window(0, 91, slice(0, 10))]


def test_ranges_are_in_training_steps_with_the_stop_left_out():
    found = windows(EVERY_TENTH, ranges=[(0, 50), (25, 51), (50, 1000)])
    assert found == [
        Window(0, 41, slice(0, 5)),
        Window(30, 51, slice(3, 6)),
        Window(50, 91, slice(5, 10)),
    ]


def test_lengths_and_strides_give_whole_windows():
    assert windows(np.arange(100), length=40) == [Window(0, 40, slice(0, 40)), Window(40, 80, slice(40, 80))]
    starts = [window.start for window in windows(np.arange(7, 107), length=40, stride=20)]
    assert starts == [7, 27, 47, 67]
    assert windows(EVERY_TENTH, length=50) == [Window(0, 41, slice(0, 5)), Window(50, 91, slice(5, 10))]


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"ranges": [(0, 5)], "length": 5}, "not both"),
        ({"stride": 5}, "needs a length"),
        ({"length": 0}, "at least 1"),
        ({"length": 5, "stride": 0}, "at least 1"),
        ({"length": 101}, "exceeds the recording"),
        ({"ranges": [(5, 5)]}, r"\[5, 5\) holds no recorded step"),
        ({"ranges": [(91, 95)]}, r"\[91, 95\) holds no recorded step"),
        ({"ranges": [(20, 10)]}, "holds no recorded step"),
    ],
)
def test_plans_that_cannot_be_met_are_named(plan, says):
    with pytest.raises(InputError, match=says):
        windows(EVERY_TENTH, **plan)


def test_a_recording_without_steps_has_no_windows():
    with pytest.raises(InputError, match="no steps"):
        windows(np.array([], dtype=np.int64))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 9), st.integers(40, 90))
def test_sliding_windows_hold_their_length(length, stride, first, count):
    steps = np.arange(first, first + count)
    found = windows(steps, length=length, stride=stride)
    assert all(len(steps[window.indices]) == length for window in found)
    assert all(b.start - a.start == stride for a, b in pairwise(found))
    assert first + count - found[-1].stop < stride  # no room for one more


def test_parts_are_drawn_anew_for_another_root_seed_only():
    first, again, other = (split(25, 8, root)[0].tolist() for root in (0, 0, 1))
    assert first == again
    assert first != other
    assert first == sorted(first)


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))))
def test_parts_hold_every_replica_once(sizes):
    replicas, parts = sizes
    found = split(replicas, parts)
    assert sorted(np.concatenate(found).tolist()) == list(range(replicas))
    assert max(map(len, found)) - min(map(len, found)) <= 1


@pytest.mark.parametrize("parts", [0, 5])
def test_parts_beyond_the_replicas_are_refused(parts):
    with pytest.raises(InputError, match="from 1 to the number of replicas, 4"):
        split(4, parts)
