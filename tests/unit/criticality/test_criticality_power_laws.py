"""Fits of power laws: calibrated on samples with a known answer, beside other libraries and brute force."""

import numpy as np
import pytest
from scipy import integrate, stats

from traindyn.criticality import truncated
from traindyn.criticality.power_law import Criterion, find, fit, lognormal_whole

CRITERION = Criterion(decades=1.0, least=100, level=0.1)


def whole(q):
    """The law fitted to all of q."""
    logs = np.sort(np.log(q))
    return fit(logs, logs[0], logs[-1])


def pareto(generator, count, exponent=2.5):
    return (1 - generator.random(count)) ** (-1 / (exponent - 1))


@pytest.mark.parametrize("theta", [-40.0, -3.0, -1e-4, 0.0, 1e-3, 0.5, 12.0])
def test_moments_and_distribution_are_those_of_the_density(theta):
    norm = integrate.quad(lambda v: np.exp(theta * v), 0, 1)[0]
    first, second = (integrate.quad(lambda v, k=k: v**k * np.exp(theta * v) / norm, 0, 1)[0] for k in (1, 2))
    assert truncated.mean(theta) == pytest.approx(first, rel=1e-7)
    assert truncated.variance(theta) == pytest.approx(second - first**2, rel=1e-5)
    assert truncated.fitted_theta(first) == pytest.approx(theta, abs=1e-5)
    part = integrate.quad(lambda v: np.exp(theta * v) / norm, 0, 0.3)[0]
    assert truncated.distribution(np.array([0.3]), theta)[0] == pytest.approx(part, rel=1e-7)


def test_maximum_likelihood_of_a_long_pareto_sample():
    """To infinity the estimate is 1 + n / Σ ln(x / x_min) in closed form; ending at the largest changes little."""
    q = pareto(np.random.default_rng(0), 200_000)
    law = whole(q)
    closed = 1 + len(q) / np.log(q / q.min()).sum()
    assert -law.exponent == pytest.approx(closed, abs=2e-3)
    assert -law.exponent == pytest.approx(2.5, abs=0.01)
    assert law.error == pytest.approx(1.5 / np.sqrt(len(q)), rel=0.02)


def test_a_doubly_truncated_law_is_scipys():
    """Of `truncpareto` the likelihood at our exponent is not below that at exponents beside it."""
    q = stats.truncpareto(1.3, 50).rvs(2000, random_state=np.random.default_rng(1))
    law = whole(q)
    scaled = q / law.low

    def likelihood(exponent):
        return stats.truncpareto(-exponent - 1, law.high / law.low).logpdf(np.clip(scaled, 1, law.high / law.low)).sum()

    best = likelihood(law.exponent)
    assert best > likelihood(law.exponent + 0.01)
    assert best > likelihood(law.exponent - 0.01)


@pytest.mark.parametrize("power", [2, 3, 5])
def test_slopes_above_minus_one_are_fitted_between_two_ends(power):
    q = np.random.default_rng(2).random(20_000) ** power
    law = whole(q[q > 1e-4])
    assert law.exponent == pytest.approx(1 / power - 1, abs=0.02)


def test_the_tail_of_cauchys_law():
    q = np.abs(np.random.default_rng(3).standard_cauchy(100_000))
    assert whole(q[q > 10]).exponent == pytest.approx(-2, abs=0.03)
    law = find(q[:5000], CRITERION)
    assert law.exponent == pytest.approx(-2, abs=0.15)


def test_probabilities_of_the_distance_are_uniform_under_the_law():
    """Quantiles of the table, for another number of draws, slope and stream than they were simulated with."""
    generator, found = np.random.default_rng(4), []
    for _ in range(400):
        v = np.sort(-np.log(1 - generator.random(150) * (1 - np.exp(-3.0))) / 3)
        theta = truncated.fitted_theta(v.mean())
        found.append(truncated.fit_probability(truncated.distance(v, theta), len(v), theta))
    for level in (0.5, 0.2, 0.1, 0.05):
        assert np.mean(np.array(found) <= level) == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 400))


def test_the_gain_of_the_lognormal_law_is_that_of_two_fits():
    """Against a brute-force maximum over truncated normal laws of ln q."""
    u = np.random.default_rng(5).normal(size=3000)
    u = u[(u > -1) & (u < 1.5)]
    v = (u + 1) / 2.5
    theta = truncated.fitted_theta(v.mean())
    gain = truncated.lognormal_gain(v.mean(), (v**2).mean(), theta)

    def normal(mu, sigma):
        return stats.truncnorm((0 - mu) / sigma, (1 - mu) / sigma, mu, sigma).logpdf(v).mean()

    best = max(normal(mu, sigma) for mu in np.linspace(0.3, 0.5, 21) for sigma in np.linspace(0.3, 0.6, 31))
    power = (theta * v - np.log(np.expm1(theta) / theta)).mean()
    assert gain == pytest.approx(best - power, abs=2e-4)
    assert truncated.lognormal_probability(gain, len(v)) < 1e-3


@pytest.mark.parametrize(("sigma", "count"), [(1.0, 300), (1.0, 3000), (2.0, 300), (2.0, 3000), (3.0, 1000)])
def test_no_power_law_is_claimed_where_a_lognormal_was_drawn(sigma, count):
    generator = np.random.default_rng(6)
    claimed = [find(np.exp(sigma * generator.standard_normal(count)), CRITERION) is not None for _ in range(40)]
    assert np.mean(claimed) <= 0.1


def test_none_is_claimed_in_the_upper_half_of_a_lognormal():
    """Where the whole sample is not lognormal, the likelihood ratio on each range has to tell."""
    generator = np.random.default_rng(7)
    samples = [np.exp(np.abs(generator.standard_normal(2000))) for _ in range(20)]
    assert all(lognormal_whole(q) < 0.01 for q in samples)
    assert np.mean([find(q, CRITERION) is not None for q in samples]) <= 0.1


@pytest.mark.parametrize(
    ("draw", "exponent"),
    [
        (pareto, -2.5),
        (lambda g, n: g.random(n) ** 2, -0.5),
        (lambda g, n: np.exp(-12 * g.random(n)), -1.0),
        (lambda g, n: (1 + 30 * g.random(n)) ** -3, -4 / 3),
    ],
    ids=["pareto", "square", "exponential", "softsign"],
)
def test_power_laws_are_recognised(draw, exponent):
    generator = np.random.default_rng(8)
    laws = [find(draw(generator, 2000), CRITERION) for _ in range(20)]
    found = [law for law in laws if law is not None]
    assert len(found) >= 18
    assert np.mean([law.exponent for law in found]) == pytest.approx(exponent, abs=0.04)
    scores = [(law.exponent - exponent) / law.error for law in found]
    assert np.abs(scores).max() < 5
    assert min(law.decades for law in found) >= 1


def test_a_flat_core_is_no_power_law_and_neither_is_a_constant():
    generator = np.random.default_rng(9)
    assert find(generator.random(3000), CRITERION) is None
    assert find(np.ones(3000), CRITERION) is None
    assert find(pareto(generator, 99), CRITERION) is None
