"""Wasserstein-1 between the eigenvalues, each weighted with its mode's share of the energy."""

from collections.abc import Sequence

import numpy as np

from traindyn.compare.network_simplex import transport_cost
from traindyn.compare.spectrum import FloatArray, IntArray, Spectrum
from traindyn.compare.transport import ground_costs


def pairwise(spectra: Sequence[Spectrum], pairs: IntArray) -> FloatArray:
    """Exact transport with energies / sum(energies) as weights for each of n pairs: (n, 2) -> (n,)."""
    weights = [spectrum.energies / spectrum.energies.sum() for spectrum in spectra]
    values = np.empty(len(pairs))
    for index, (i, j) in enumerate(pairs.tolist()):
        costs = ground_costs(spectra[i].eigenvalues, spectra[j].eigenvalues)
        values[index] = transport_cost(weights[i], weights[j], costs)
    return values
