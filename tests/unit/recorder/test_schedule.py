"""When to record: each value against the steps written out, combined against sets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traindyn import at, every, powers_of_two, within
from traindyn.errors import InputError

STEPS = range(300)
PLAIN = st.one_of(
    st.integers(1, 50).map(every),
    st.lists(st.integers(0, 299), min_size=1, max_size=20).map(at),
    st.just(powers_of_two()),
    st.tuples(st.integers(0, 290), st.integers(1, 9)).map(lambda pair: within(pair[0], sum(pair))),
)
WHEN = st.recursive(PLAIN, lambda inner: st.tuples(inner, inner).map(lambda pair: pair[0] & pair[1] | pair[0]))


def steps(when):
    return [step for step in STEPS if step in when]


def test_each_alone():
    assert steps(every(100)) == [0, 100, 200]
    assert steps(at([7, 0, 7])) == [0, 7]
    assert steps(powers_of_two()) == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert steps(within(3, 6)) == [3, 4, 5]
    assert steps(every(50) & within(100, 201) | at([1])) == [1, 100, 150, 200]


@settings(max_examples=40)
@given(PLAIN, WHEN)
def test_combined_as_sets(one, other):
    assert set(steps(one & other)) == set(steps(one)) & set(steps(other))
    assert set(steps(one | other)) == set(steps(one)) | set(steps(other))


@settings(max_examples=40)
@given(WHEN)
def test_words_say_the_same_value(when):
    names = {"every": every, "at": at, "powers_of_two": powers_of_two, "within": within}
    assert eval(repr(when), names) == when
    assert hash(eval(repr(when), names)) == hash(when)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: every(0), r"every\(0\): must be at least 1"),
        (lambda: at([]), "at least one step"),
        (lambda: at([3, -1]), "none below 0"),
        (lambda: within(5, 5), r"within\(5, 5\): must be 0 <= start < stop"),
        (lambda: within(-1, 5), "must be 0 <= start < stop"),
    ],
)
def test_empty_ones_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()
