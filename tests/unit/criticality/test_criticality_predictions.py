"""The table of exponents: measured from changes of the project's networks, predicted by the change of variables."""

import itertools

import numpy as np
import pytest
import torch

from traindyn.architectures.single_layer import SingleLayer
from traindyn.criticality.change_of_variables import Curve, data_density, density, disagreement, exponent
from traindyn.criticality.duality import along, points
from traindyn.criticality.gradients import changes, sample_loss
from traindyn.criticality.power_law import fit
from traindyn.tasks.two_classes import TwoClasses
from traindyn.training.initialisation import skeleton

HALF = float(np.pi / 2)
UNIT = {"linear": (0.0, 1.0), "relu": (0.0, 1.0), "sigmoid": (0.0, 1.0), "arctan": (-HALF, HALF)}
# activation, loss, range of z (p(z) uniform there, targets high), weight (0) or bias (1), exponent
TABLE = [
    ("tanh", "squared", (2.5, 7), 1, -1.0),
    ("sigmoid", "squared", (5, 14), 1, -1.0),
    ("tanh", "cross_entropy", (2, 10), 1, -1.0),
    ("sigmoid", "cross_entropy", (3, 14), 1, -1.0),
    ("softsign", "squared", (0, 1e3), 1, -4 / 3),
    ("softsign", "squared", (100, 1e4), 0, -3 / 2),
    ("arctan", "squared", (20, 2e3), 1, -4 / 3),
    ("arctan", "squared", (20, 2e3), 0, -3 / 2),
    ("softsign", "cross_entropy", (100, 1e4), 1, -3 / 2),
    ("softsign", "cross_entropy", (100, 1e4), 0, -2.0),
]


def two_neurons(activation, loss):
    """The loss of a sample of y = f(z), w = 1, b = 0."""
    task = TwoClasses(loss_function=loss, levels=UNIT.get(activation, (-1.0, 1.0)))
    return sample_loss(skeleton(SingleLayer(activation=activation), task), task), torch.tensor([1.0, 0.0]).double()


def measured(activation, loss, z, target):
    function, weights = two_neurons(activation, loss)
    inputs = torch.as_tensor(z)[:, None]
    return changes(function, weights, inputs, torch.full_like(inputs, target)).numpy()


def curve(activation, loss, z, p, variable, target):
    """The one-dimensional problem from the network itself, at places z with density p of the data."""
    function, weights = two_neurons(activation, loss)
    (point,) = points(torch.zeros(1, 1).double(), torch.full((1, 1), target).double())
    direction = torch.eye(2).double()[variable]
    q, slope = along(function, weights, point, direction, torch.ones(1).double(), torch.as_tensor(z))
    return Curve(z, q.numpy(), slope.numpy(), p)


@pytest.mark.parametrize(("activation", "loss", "ends", "variable", "expected"), TABLE)
def test_exponents_by_activation_and_loss(activation, loss, ends, variable, expected):
    z = ends[0] + (np.arange(20_000) + 0.5) / 20_000 * (ends[1] - ends[0])
    target = UNIT.get(activation, (-1.0, 1.0))[1]
    q = np.abs(measured(activation, loss, z, target)[:, variable])
    logs = np.sort(np.log(q))
    law = fit(logs, logs[0], logs[-1])
    assert law.exponent == pytest.approx(expected, abs=0.02)
    assert law.decades > 1.5
    places = np.geomspace(max(ends[0], 1e-3), ends[1], 2001)
    found = curve(activation, loss, places, np.full(2001, 1 / (ends[1] - ends[0])), variable, target)
    assert exponent([found], law.low, law.high) == pytest.approx(expected, abs=0.02)
    assert disagreement(q, [found], law.low, law.high) < 0.01


@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_linear_activations_inherit_the_density_of_the_data(activation):
    """P(q) = p(z) for db = −(z − t): here p ∝ z^−2.5 on [1, 1000]; t = 0."""
    z = (1 - (np.arange(20_000) + 0.5) / 20_000 * (1 - 1e3**-1.5)) ** (-1 / 1.5)
    q = np.abs(measured(activation, "squared", z, 0.0)[:, 1])
    logs = np.sort(np.log(q))
    law = fit(logs, logs[0], logs[-1])
    assert law.exponent == pytest.approx(-2.5, abs=0.02)
    places = np.geomspace(1, 1e3, 1001)
    found = curve(activation, "squared", places, 1.5 * places**-2.5, 1, 0.0)
    assert exponent([found], law.low, law.high) == pytest.approx(-2.5, abs=0.02)


@pytest.mark.parametrize(("m", "a"), [(3, 0.0), (2, 0.0), (3, 2.0), (2, 1.5), (1, 0.5)])
def test_powers_of_power_laws(m, a):
    """q ~ z^−m of p ~ z^−a has the exponent (a − 1)/m − 1."""
    z = np.geomspace(1, 1e4, 4001)
    found = Curve(z, z**-m, -m * z ** -(m + 1.0), z**-a / np.trapezoid(z**-a, z))
    assert exponent([found], 1e4**-m, 1.0) == pytest.approx((a - 1) / m - 1, abs=0.02)


@pytest.mark.parametrize("power", [2, 3, 5])
def test_zeros_of_the_slope(power):
    """q = u^n of a uniform u: 1/n − 1."""
    u = np.linspace(0, 1, 20_001)
    found = Curve(u, u**power, power * u ** (power - 1.0), np.ones_like(u))
    assert exponent([found], 1e-3**power, 1.0) == pytest.approx(1 / power - 1, abs=0.02)
    decay = Curve(u, np.exp(-8 * u), -8 * np.exp(-8 * u), np.ones_like(u))
    assert exponent([decay], np.exp(-8), 1.0) == pytest.approx(-1, abs=0.02)


def test_the_density_is_that_of_a_large_sample():
    """A map that is not monotone, with both signs, of normal data: against a histogram."""
    s = np.random.default_rng(0).standard_normal(400_000)
    places = np.linspace(-4, 4, 2001)
    p = np.exp(-(places**2) / 2) / np.sqrt(2 * np.pi)
    found = Curve(places, places**2 - 1, 2 * places, p, share=1.0)
    edges = np.array([0.1, 0.15, 0.2, 0.4, 0.8, 0.95, 1.1, 1.5, 3.0])
    counts = np.histogram(np.abs(s**2 - 1), edges)[0] / len(s)
    fine = [np.linspace(low, high, 200) for low, high in itertools.pairwise(edges)]
    masses = [np.trapezoid(density([found], levels), levels) for levels in fine]
    np.testing.assert_allclose(masses, counts, rtol=0.03)


def test_the_density_of_data_has_equal_shares_in_its_bins():
    generator = np.random.default_rng(1)
    places = np.linspace(-1.2, 1.2, 2401)
    found = data_density(generator.uniform(-1, 1, 5000), places)
    assert np.trapezoid(found, places) == pytest.approx(1, abs=0.01)
    assert found[np.abs(places) < 0.99].mean() == pytest.approx(0.5, rel=0.02)
    assert (found[np.abs(places) > 1] == 0).all()


def test_a_range_that_the_prediction_leaves_empty_has_no_exponent():
    u = np.linspace(0, 1, 101)
    assert np.isnan(exponent([Curve(u, u, np.ones_like(u), np.ones_like(u))], 0.5, 50.0))
