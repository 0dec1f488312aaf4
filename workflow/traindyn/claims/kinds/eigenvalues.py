"""A group's spectrum beside published eigenvalues."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat

from traindyn.claims.finding import Finding
from traindyn.claims.quantity import Quantity, Tables
from traindyn.config.plans import Label

RealAndImaginary = Annotated[tuple[FiniteFloat, FiniteFloat], Field(strict=False)]
ComplexArray = NDArray[np.complex128]


class Eigenvalues(Quantity):
    """Largest difference, of a real or imaginary part, after the optimal assignment of the eigenvalues."""

    tables: ClassVar[tuple[str, ...]] = ("spectra",)
    rule: ClassVar[str] = (
        "Every published eigenvalue is assigned to one of this run's so that the differences are least in sum. The "
        "number is the largest difference of a real or imaginary part. Holds if it is at most the tolerance and "
        "those not assigned, for which the paper prints no digits, lie below the stated modulus."
    )

    kind: Literal["eigenvalues"]
    group: Label = Field(description="a group with one spectrum: a single seed and window")
    published: list[FiniteFloat | RealAndImaginary] = Field(
        min_length=1, description="the paper's eigenvalues: real numbers, or [real, imaginary]"
    )
    tolerance: Annotated[FiniteFloat, Field(ge=0)] = Field(description="largest difference of a part that agrees")
    rest_below: Annotated[FiniteFloat, Field(gt=0)] | None = Field(
        None, description="modulus below which eigenvalues that are not listed must lie; null: all are listed"
    )

    def groups_named(self) -> Sequence[str]:
        return (self.group,)

    def computed(self) -> str:
        return f"eigenvalues of {self.group}: largest difference to {len(self.published)} published"

    def expected(self) -> str:
        rest = "" if self.rest_below is None else f", the others below {self.rest_below:g}"
        return f"at most {self.tolerance:g}{rest}"

    def evaluate(self, tables: Tables) -> Finding:
        rows = tables["spectra"][tables["spectra"]["group"] == self.group]
        spectra = rows[["seed", "window_start"]].drop_duplicates()
        if len(spectra) != 1:
            return Finding("undecided", f"the group has {len(spectra)} spectra, one is needed", n=len(spectra))
        found = rows["real"].to_numpy() + 1j * rows["imag"].to_numpy()
        expected = np.array([complex(*np.atleast_1d(value)) for value in self.published])
        if len(found) < len(expected) or (self.rest_below is None and len(found) > len(expected)):
            return Finding("does not hold", f"{len(found)} eigenvalues, {len(expected)} are published", n=1)
        largest, rest = _compared(expected, found)
        return self._finding(largest, rest)

    def _finding(self, largest: float, rest: float) -> Finding:
        reason = f"largest difference {largest:.2g}, tolerance {self.tolerance:g}"
        if self.rest_below is not None:
            reason += f"; largest modulus of the others {rest:.2g}"
        small = self.rest_below is None or rest < self.rest_below
        return Finding("holds" if largest <= self.tolerance and small else "does not hold", reason, largest, n=1)


def _compared(expected: ComplexArray, found: ComplexArray) -> tuple[float, float]:
    """Largest difference of a part after optimal assignment, and largest modulus of what stays unassigned."""
    from scipy.optimize import linear_sum_assignment  # half a second, when it is needed

    rows, columns = linear_sum_assignment(np.abs(expected[:, None] - found[None]))
    differences = expected[rows] - found[columns]
    rest = np.delete(found, columns)
    return float(np.abs([differences.real, differences.imag]).max()), float(np.abs(rest).max(initial=0.0))
