"""The ways of judging that are compared: an estimator, what is done to its spectra, and measures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from traindyn.compare import Spectrum
from traindyn.known_answers import estimators
from traindyn.known_answers.estimators import Estimator

PAPER, DEFAULT = "wasserstein", "principal_eigenvalues"
SPECTRAL = (PAPER, "weighted_wasserstein", "cross_residual", DEFAULT)


@dataclass(frozen=True)
class Way:
    """name: "" is the estimator that the workflow uses; change: of its spectra, if any; measures: of `compare`."""

    name: str
    estimator: Estimator
    measures: tuple[str, ...]
    change: Callable[[Spectrum], Spectrum] | None = None

    def changed(self, spectra: Sequence[Spectrum]) -> list[Spectrum]:
        """The spectra as this way takes them."""
        return list(spectra) if self.change is None else [self.change(each) for each in spectra]


WAYS = (
    Way("", estimators.plain, SPECTRAL),
    Way("rates", estimators.plain, (PAPER, "weighted_wasserstein"), estimators.rates),
    Way("small residuals", estimators.plain, (PAPER,), estimators.filtered),
    Way("centred", estimators.centred, SPECTRAL),
    Way("five modes", estimators.five_modes, (PAPER, "cross_residual", DEFAULT)),
    Way("quadratic observables", estimators.quadratic, (PAPER, "cross_residual", DEFAULT)),
)


def method_name(way: Way, measure: str) -> str:
    """As tables and figures have it: `wasserstein`, `wasserstein, centred`."""
    return f"{measure}, {way.name}" if way.name else measure
