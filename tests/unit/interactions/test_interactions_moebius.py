"""Sums over subsets, and interactions, against closed forms of known games and against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from traindyn.interactions.moebius import (
    and_interactions,
    moebius,
    or_interactions,
    orders,
    rebuilt,
    subset_sums,
    superset_moebius,
    superset_sums,
)

SUBSET_FUNCTIONS = st.integers(1, 6).flatmap(lambda n: arrays(np.float64, 1 << n, elements=st.integers(-1000, 1000)))


def subset(*members):
    return sum(1 << member for member in members)


def game(n, rule):
    """Outputs (2ⁿ,) of a rule that is told the set of variables which are there."""
    return np.array([float(rule({i for i in range(n) if mask >> i & 1})) for mask in range(1 << n)])


def only(n, values):
    """A function (2ⁿ,) that is 0 but for these subsets."""
    found = np.zeros(1 << n)
    for members, value in values.items():
        found[subset(*members)] = value
    return found


def test_an_and_is_one_interaction():
    np.testing.assert_array_equal(and_interactions(game(5, lambda S: {0, 2, 3} <= S)), only(5, {(0, 2, 3): 1.0}))


def test_an_or_is_one_or_interaction_and_alternates_as_ands():
    v = game(4, lambda S: bool({0, 2, 3} & S))
    np.testing.assert_array_equal(or_interactions(v), only(4, {(0, 2, 3): 1.0}))
    signs = {(0,): 1, (2,): 1, (3,): 1, (0, 2): -1, (0, 3): -1, (2, 3): -1, (0, 2, 3): 1}
    np.testing.assert_array_equal(and_interactions(v), only(4, signs))


def test_parity():
    n = 6
    expected = np.where(orders(n) > 0, (-2.0) ** (orders(n) - 1), 0)
    np.testing.assert_array_equal(and_interactions(game(n, lambda S: len(S) % 2)), expected)


def test_majority_of_three():
    expected = only(3, {(0, 1): 1, (0, 2): 1, (1, 2): 1, (0, 1, 2): -2})
    np.testing.assert_array_equal(and_interactions(game(3, lambda S: len(S) >= 2)), expected)


def test_gloves():
    """A left glove, 0, with one of two right ones, 1 and 2."""
    v = game(3, lambda S: min(len(S & {0}), len(S & {1, 2})))
    np.testing.assert_array_equal(and_interactions(v), only(3, {(0, 1): 1, (0, 2): 1, (0, 1, 2): -1}))


@pytest.mark.parametrize(("transform", "related"), [(subset_sums, np.less_equal), (superset_sums, np.greater_equal)])
def test_sums_are_those_of_the_definition(transform, related):
    f, S = np.random.default_rng(0).normal(size=(3, 32)), np.arange(32)
    bits = (S[:, None] >> np.arange(5)) & 1
    within = related(bits[None], bits[:, None]).all(-1)  # [S, T]
    np.testing.assert_allclose(transform(f), f @ within.T, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(SUBSET_FUNCTIONS)
def test_transforms_are_inverse(f):
    for there, back in ((subset_sums, moebius), (moebius, subset_sums), (superset_sums, superset_moebius)):
        np.testing.assert_array_equal(back(there(f)), f)  # of integers, exactly


@settings(max_examples=25, deadline=None)
@given(SUBSET_FUNCTIONS)
def test_all_outputs_are_rebuilt_from_either_kind(v):
    nothing = np.zeros_like(v)
    np.testing.assert_array_equal(rebuilt(and_interactions(v), nothing), v)
    I_or = or_interactions(v)
    np.testing.assert_array_equal(rebuilt(np.where(orders(len(v).bit_length() - 1) == 0, v, 0), I_or), v)


@settings(max_examples=25, deadline=None)
@given(SUBSET_FUNCTIONS, st.data())
def test_naming_variables_anew_permutes_interactions(v, data):
    n = len(v).bit_length() - 1
    order = data.draw(st.permutations(range(n)))
    renamed = sum(((np.arange(1 << n) >> i) & 1) << new for i, new in enumerate(order))
    moved = np.empty_like(v)
    moved[renamed] = v
    np.testing.assert_array_equal(moebius(moved)[renamed], moebius(v))


@settings(max_examples=25, deadline=None)
@given(SUBSET_FUNCTIONS, st.integers(-5, 5))
def test_interactions_are_linear_and_a_constant_is_in_none(v, constant):
    for kind in (and_interactions, or_interactions):
        np.testing.assert_array_equal(kind(2 * v + constant)[1:], 2 * kind(v)[1:])


def test_a_variable_that_does_not_matter_is_in_no_interaction():
    v = game(5, lambda S: len(S - {2}) ** 2)
    members = (np.arange(32) >> 2) & 1 == 1
    assert not and_interactions(v)[members].any()
    assert not or_interactions(v)[members].any()


def test_independent_outputs_have_variances_that_double_with_the_order():
    """Var I(S) = 2^{|S|}: 4000 games of 6 variables, whose sums of squares scatter by 2 % and less."""
    drawn = np.random.default_rng(0).normal(size=(4000, 64))
    size = orders(6)
    for found in (and_interactions(drawn), or_interactions(drawn)):
        for k in range(1, 7):
            assert found[:, size == k].var() == pytest.approx(2.0**k, rel=0.08)


def test_other_numbers_of_values_are_refused():
    with pytest.raises(ValueError, match="6 values are not those of all subsets"):
        moebius(np.zeros(6))
