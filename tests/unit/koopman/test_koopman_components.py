"""Principal components before the fit, and the wrong pairing of Z and Z', against the textbook way."""

import numpy as np
import pytest
from koopman_reference import assert_same_spectrum, explicit, matching, training_like
from sklearn.decomposition import PCA

from traindyn.errors import InputError
from traindyn.koopman import fit


def projected(trajectories, components):
    """The authors' way: directions found around the mean, applied to what is not centred."""
    data = np.asarray(trajectories, dtype=np.float64)
    rows = data[:, :-1].reshape(-1, data.shape[2])
    scores = PCA(components, svd_solver="full").fit_transform(rows)
    directions = PCA(components, svd_solver="full").fit(rows).components_
    signs = np.sign([column[np.abs(column).argmax()] for column in scores.T])  # as scikit-learn chose them before 1.5
    return data @ (directions * signs[:, None]).T


@pytest.mark.parametrize("weights", [12, 3000], ids=["few weights", "in QR coordinates"])
@pytest.mark.parametrize("memory", [2**29, 2**16], ids=["whole", "in blocks"])
def test_components_are_those_of_scikit_learn(weights, memory):
    data = training_like(weights=weights)
    found = fit(data, delays=4, modes=6, components=5, memory_bytes=memory)
    assert_same_spectrum(found, explicit(projected(data, 5), 4, 6))
    assert "of 5 principal components" in found.note


def test_fewer_components_are_another_spectrum():
    data = training_like(weights=30)
    spectra = [fit(data, delays=4, modes=6, components=count).eigenvalues for count in (2, 5)]
    assert np.abs(spectra[0] - spectra[1][matching(*spectra)]).max() > 1e-3


@pytest.mark.parametrize("components", [0, 13])
def test_more_components_than_weights_are_refused(components):
    with pytest.raises(InputError, match=f"components: {components}, must be from 1 to 12"):
        fit(training_like(), delays=2, modes=4, components=components)


@pytest.mark.parametrize("weights", [12, 3000], ids=["few weights", "in QR coordinates"])
def test_mispaired_snapshots_by_the_formulas(weights):
    first, second = training_like(weights=weights, seed=1), training_like(weights=weights, seed=2)
    found = fit(first, delays=4, modes=6, advanced=second)
    assert_same_spectrum(found, explicit(first, 4, 6, advanced=second))


def test_mispaired_components_are_each_their_own():
    first, second = training_like(seed=1), training_like(seed=2)
    found = fit(first, delays=4, modes=6, components=5, advanced=second)
    assert_same_spectrum(found, explicit(projected(first, 5), 4, 6, advanced=projected(second, 5)))


def test_pairing_with_itself_is_the_usual_fit():
    data = training_like()
    usual, paired = fit(data, delays=4, modes=6), fit(data, delays=4, modes=6, advanced=data.copy())
    np.testing.assert_array_equal(paired.eigenvalues, usual.eigenvalues)
    np.testing.assert_array_equal(paired.L, usual.L)


def test_mispaired_shapes_must_agree():
    with pytest.raises(InputError, match="advanced: shape"):
        fit(training_like(), delays=2, modes=4, advanced=training_like(steps=119))


def test_not_finite_advanced_snapshots_are_refused():
    other = training_like(seed=2)
    other[1, 7, 3] = np.nan
    with pytest.raises(InputError, match=r"not finite, or above 1e\+140, at replica 1, step 7"):
        fit(training_like(), delays=2, modes=4, advanced=other)
