"""One fit: weight trajectories -> Koopman spectrum, by delay-embedded dynamic mode decomposition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from traindyn.errors import InputError
from traindyn.koopman import reduce
from traindyn.koopman.components import projected
from traindyn.koopman.factorise import factorise
from traindyn.koopman.hankel import Array, Hankel, Trajectories
from traindyn.koopman.inner_products import InnerProducts, inner_products
from traindyn.koopman.mispaired import common_coordinates
from traindyn.koopman.modes import Complex
from traindyn.koopman.modes import modes as reduced_modes
from traindyn.koopman.reduce import Coordinates
from traindyn.koopman.ritz import Triplets, rank_threshold

# Not the memory that a job is given: sums over other blocks differ in their last digits, and a job that is repeated
# with more memory, or under another profile, must come to the same.
MEMORY_BYTES = 512 * 2**20
# Inner products are kept where they may turn the leading subspace by this angle, and change a residual by this number.
ANGLE = 1e-9
RESIDUAL = 1e-7
# Sums of squares stay finite up to this.
LARGEST = 1e140


@dataclass(frozen=True, eq=False)
class Fit:
    """The spectrum of one set of trajectories: k modes, |λ| descending, then real, then imaginary part.

    Attributes:
        eigenvalues: (k,) complex, per recorded step.
        residuals: (k,) of the eigenpairs.
        energies: (k,) share of the snapshots that each mode carries.
        G, A, L: (k, k) ΨXᵀΨX, ΨXᵀΨY, ΨYᵀΨY in the k whitened leading coordinates of the snapshots. With them
            |ΨY g - λ ΨX g|² = g*(L - λA* - λ̄A + |λ|²G)g, the squared residual of an eigenfunction;
            `residuals` are those of the modes (eigenvectors of K), a different number.
        singular_values: (k,) of the delay snapshots, descending.
        method: the factorisation that was used.
        note: one line for the log: method, reason, sigma_k/sigma_1, modes kept.
    """

    eigenvalues: Complex
    residuals: Array
    energies: Array
    G: Array
    A: Array
    L: Array
    singular_values: Array
    method: str
    note: str


def fit(
    trajectories: Trajectories,
    delays: int,
    modes: int | None,
    *,
    centre: bool = False,
    components: int | None = None,
    advanced: Trajectories | None = None,
    memory_bytes: int = MEMORY_BYTES,
    products: InnerProducts | None = None,
) -> Fit:
    """Koopman spectrum of all trajectories together.

    z_t = (x_t, …, x_{t+d}); Z has z_0 … z_{T-d-2} of every replica as columns, Z' the same one step later;
    Z ≈ U S Vᵀ truncated to k modes; K = Uᵀ Z' V S⁻¹; the spectrum is eig(K). Z is not formed unless it is
    small; the factorisation is chosen by cost and by the digits it keeps, see `factorise`.

    Args:
        trajectories: (replica, step, weight), equally spaced in time; computed in float64. An array, or what reads
            blocks of weights from a file: of more than `memory_bytes`, a block is held at a time.
        delays: d >= 0.
        modes: k >= 1; None keeps all of numerical rank (singular values above eps·max(shape)·σ_1). Where the
            numerical rank is below k, fewer modes are kept and the note says so.
        centre: subtract the mean over all replicas and steps from every snapshot.
        components: project to so many principal components first, see `components`; None takes all weights.
        advanced: trajectories of the same shape that Z' is taken from, see `mispaired`; None: the same as Z.
        memory_bytes: bound on the working memory of one product (a product matrix comes on top, see `order`, and a
            few matrices of replicas · steps rows, see `reduce`).
        products: of these trajectories, where a pass over many weights has made them already; None: they are made.

    Raises:
        InputError: wrong shape, values that are not finite or above 1e140, too few steps for the delays, delays < 0,
            modes < 1, trajectories that are all zero, more components than weights or snapshots.
    """
    return fit_each(
        trajectories,
        delays,
        [modes],
        centre=centre,
        components=components,
        advanced=advanced,
        memory_bytes=memory_bytes,
        products=products,
    )[0]


def fit_each(
    trajectories: Trajectories,
    delays: int,
    modes: Sequence[int | None],
    *,
    centre: bool = False,
    components: int | None = None,
    advanced: Trajectories | None = None,
    memory_bytes: int = MEMORY_BYTES,
    products: InnerProducts | None = None,
) -> list[Fit]:
    """As `fit`, for each of several numbers of modes: one factorisation, of which each takes the leading part.

    Asked for together or alone, spectra agree up to the rounding of a factorisation.
    """
    for count in modes:
        _check(trajectories, delays, count)
    most = None if None in modes else max(count for count in modes if count is not None)
    hankel = Hankel(trajectories, delays, None, memory_bytes)
    lost = ""
    for way in _ways(hankel, components, advanced, products):
        hankel, later = (_centred(way.hankel), way.later and _centred(way.later)) if centre else (way.hankel, way.later)
        triplets, method, reason = factorise(hankel, most)
        if not len(triplets.values):
            raise InputError("trajectories: all values are zero (or equal and centred), there is nothing to fit")
        parts = [triplets.leading(count) for count in modes]
        found = [reduced_modes(hankel if later is None else later, part) for part in parts]
        losses = [_loss(way.error, delays, part) for part in parts]
        if all(
            loss <= min(ANGLE, 2 * RESIDUAL * each.residuals.min()) for loss, each in zip(losses, found, strict=True)
        ):
            break
        lost = f", since inner products lose digits (loss {max(losses):.0e})"
    reason += way.how + lost
    return [
        Fit(
            **vars(each), singular_values=part.values, method=method, note=_note(hankel, part.values, method, reason, k)
        )
        for each, part, k in zip(found, parts, modes, strict=True)
    ]


def _ways(
    hankel: Hankel, components: int | None, advanced: Trajectories | None, products: InnerProducts | None
) -> Iterator[Coordinates]:
    """The delay snapshots in few coordinates: the cheapest way first, the last one loses nothing."""
    if components is None and advanced is None and reduce.worthwhile(hankel.trajectories.shape):
        if products is None:
            products = inner_products(hankel.trajectories, hankel.memory_bytes)
        if not products.finite:
            _check_finite(hankel)
        yield from reduce.coordinates(hankel, products)
        return
    _check_finite(hankel)
    later = None if advanced is None else _later(hankel, advanced)
    yield _in_coordinates(hankel, later, components)


def _loss(error: float, delays: int, triplets: Triplets) -> float:
    """Angle by which an error in every snapshot's inner products may turn the leading singular subspace of Z.

    The Gram matrix of delay snapshots sums delays + 1 of theirs; its eigenvalues are squares (Davis & Kahan, 1970).
    """
    gap = triplets.values[-1] ** 2 - triplets.following**2
    return float((delays + 1) * error / gap) if gap > 0 else float("inf") if error else 0.0


def _later(hankel: Hankel, advanced: Trajectories) -> Hankel:
    if advanced.shape != hankel.trajectories.shape:
        raise InputError(f"advanced: shape {advanced.shape}, expected that of the others, {hankel.trajectories.shape}")
    later = replace(hankel, trajectories=advanced)
    _check_finite(later)
    return later


def _in_coordinates(hankel: Hankel, later: Hankel | None, components: int | None) -> Coordinates:
    """Both in the principal components that are asked for, or in as few coordinates as lose nothing."""
    if components is not None:
        replicas, steps, weights = hankel.trajectories.shape
        if not 1 <= components <= min(weights, replicas * (steps - 1)):
            raise InputError(f"components: {components}, must be from 1 to {min(weights, replicas * (steps - 1))}")
        each = None if later is None else projected(later, components)
        return Coordinates(projected(hankel, components), f", of {components} principal components", later=each)
    if later is not None:
        hankel, later = common_coordinates(hankel, later)
        return Coordinates(hankel, ", against advanced snapshots of other trajectories", later=later)
    return Coordinates(hankel, "")


def _centred(hankel: Hankel) -> Hankel:
    return replace(hankel, mean=_mean(hankel))


def _check(trajectories: Trajectories, delays: int, modes: int | None) -> None:
    if len(trajectories.shape) != 3 or 0 in trajectories.shape:
        raise InputError(f"trajectories: shape {trajectories.shape}, expected (replica, step, weight), none of them 0")
    if delays < 0:
        raise InputError(f"delays: {delays}, must be at least 0")
    if modes is not None and modes < 1:
        raise InputError(f"modes: {modes}, must be at least 1 (or none, for all)")
    if trajectories.shape[1] < delays + 2:
        raise InputError(
            f"trajectories: {trajectories.shape[1]} steps are too few for {delays} delays, need {delays + 2}"
        )


def _check_finite(hankel: Hankel) -> None:
    fine = np.logical_and.reduce([(np.abs(block) < LARGEST).all(axis=2) for _, block in hankel.blocks()])
    if not fine.all():
        replica, step = np.argwhere(~fine)[0]
        raise InputError(
            f"trajectories: not finite, or above {LARGEST:.0e}, at replica {replica}, step {step}; "
            "only finite values fit, and finite squares"
        )


def _mean(hankel: Hankel) -> Array:
    """Mean (weight,) over all replicas and steps."""
    return np.concatenate([block.mean(axis=(0, 1)) for _, block in hankel.blocks()])


def _note(hankel: Hankel, values: Array, method: str, reason: str, modes: int | None) -> str:
    ratio = values[-1] / values[0]
    text = f"{method}: {reason}; sigma_{len(values)}/sigma_1 = {ratio:.1e}"
    asked = min(hankel.shape) if modes is None else modes
    if len(values) == asked:
        return text
    threshold = rank_threshold(hankel.shape, 1.0)
    return f"{text}; {len(values)} of {asked} modes kept, the numerical rank (sigma/sigma_1 > {threshold:.0e})"
