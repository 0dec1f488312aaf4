"""The table of distances, and the matrices between seeds made of it."""

import numpy as np
import pandas as pd
import pytest
from synthetic_spectra import noisy_group, spectrum

from traindyn.compare import distances
from traindyn.compare.measures import measure, measure_names
from traindyn.compare.seeds import SeedDistances
from traindyn.errors import InputError

COLUMNS = [
    "measure",
    "group_a",
    "seed_a",
    "window_start_a",
    "group_b",
    "seed_b",
    "window_start_b",
    "distance",
]


def groups(starts=(0,)):
    rng = np.random.default_rng(0)
    return [s for g in "ab" for s in noisy_group(rng, g, [0.9, 0.7, 0.2], 3, 0.1, starts)]


def test_names_are_files():
    assert measure_names() == ["cross_residual", "principal_eigenvalues", "wasserstein", "weighted_wasserstein"]


def test_each_unordered_pair_once():
    spectra = groups(starts=(0, 10))
    table = distances(spectra, ["wasserstein", "cross_residual"])
    assert table.columns.tolist() == COLUMNS
    assert len(table) == 2 * len(spectra) * (len(spectra) - 1) // 2
    sides = [table[[f"{name}_{side}" for name in ("group", "seed", "window_start")]] for side in "ab"]
    keys = list(zip(table["measure"], *(map(tuple, side.to_numpy()) for side in sides), strict=True))
    assert all(a != b for _, a, b in keys)
    assert len({(name, frozenset((a, b))) for name, a, b in keys}) == len(table)
    assert table["measure"].drop_duplicates().tolist() == ["wasserstein", "cross_residual"]


def test_rows_hold_the_distance_of_the_named_spectra():
    spectra = groups()
    table = distances(spectra, measure_names())
    known = {(s.group, s.seed): s for s in spectra}
    for row in table.itertuples():
        pair = [known[row.group_a, row.seed_a], known[row.group_b, row.seed_b]]
        alone = measure(row.measure).pairwise(pair, np.array([[0, 1]]))
        assert row.distance == pytest.approx(alone[0], abs=1e-13)


@pytest.mark.parametrize("spectra", [[], [spectrum([0.5])]])
@pytest.mark.parametrize("measures", [[], ["wasserstein"], measure_names()])
def test_no_pairs_still_have_the_columns(spectra, measures):
    table, full = distances(spectra, measures), distances(groups(), ["wasserstein"])
    assert len(table) == 0
    assert table.dtypes.to_dict() == full.dtypes.to_dict()


def test_unknown_measure():
    with pytest.raises(InputError, match="unknown measure 'hausdorff'; allowed are cross_residual, principal"):
        distances(groups(), ["hausdorff"])


def row(group_a, seed_a, start_a, group_b, seed_b, start_b, distance):
    return dict(zip(COLUMNS, ["m", group_a, seed_a, start_a, group_b, seed_b, start_b, distance], strict=True))


def test_seed_distances_average_equal_windows():
    table = pd.DataFrame(
        [
            row("a", 0, 0, "b", 0, 0, 1.0),
            row("a", 0, 5, "b", 0, 5, 3.0),
            row("a", 0, 0, "b", 0, 5, 100.0),
            row("a", 0, 0, "a", 0, 5, 100.0),
            row("b", 0, 5, "a", 1, 5, 7.0),
            row("a", 0, 5, "a", 1, 0, 100.0),
        ]
    )
    found = SeedDistances(table)
    units = [("a", 0), ("a", 1), ("b", 0), ("c", 0)]
    expected = np.array(
        [
            [0, np.nan, 2, np.nan],
            [np.nan, 0, 7, np.nan],
            [2, 7, 0, np.nan],
            [np.nan] * 4,
        ]
    )
    assert np.array_equal(found.between(units, units), expected, equal_nan=True)
    assert found.seeds("a") == [0, 1]
    assert found.seeds("c") == []
    assert found.between([], units).shape == (0, 4)
