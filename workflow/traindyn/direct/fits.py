"""Seeds → recordings and fits in a folder, as the workflow makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from traindyn.bringing import write
from traindyn.config import KoopmanPlan, slug
from traindyn.direct.given import Seed
from traindyn.errors import InputError
from traindyn.koopman import fit_recording, write_fits
from traindyn.koopman.defaults import Size, default_delays, default_modes, default_parts
from traindyn.koopman.runs import Plan
from traindyn.recording import labels, open_recording

EXPERIMENT = "comparison"
Log = Callable[[str], None]


@dataclass(frozen=True)
class Fitted:
    """recordings, fits: a file of each for every seed; plans: label → how its seeds were fitted."""

    recordings: list[Path]
    fits: list[Path]
    plans: dict[str, KoopmanPlan]


def fit_seeds(
    groups: Mapping[str, Sequence[Seed]],
    folder: Path,
    log: Log,
    *,
    delays: int | None = None,
    modes: int | None = None,
    centre: bool = False,
) -> Fitted:
    """Record and fit every seed.

    Args:
        groups: label → seeds.
        folder: where recordings and fits are written.
        log: called with one line for each step of the way.
        delays, modes: of every fit; None: see `koopman.defaults`.
        centre: subtract the mean over replicas and steps first.

    Raises:
        InputError: what cannot be read or fitted, with its file.
    """
    plans = plans_for(sizes_of(groups), delays, modes, centre)
    recordings, fits = [], []
    for seed in (seed for seeds in groups.values() for seed in seeds):
        name = f"{slug(seed.label)}-{seed.number:04d}.h5"
        recordings.append(folder / "recordings" / name)
        fits.append(folder / "fits" / name)
        _record(seed, recordings[-1])
        _fit(recordings[-1], fits[-1], plans[seed.label], log)
    return Fitted(recordings, fits, plans)


def sizes_of(groups: Mapping[str, Sequence[Seed]]) -> dict[str, list[Size]]:
    """Label → sizes of its seeds. Every header is read, so what is wrong with one ends here.

    Raises:
        InputError: what cannot be read, with its file.
    """
    return {label: [_size(seed) for seed in seeds] for label, seeds in groups.items()}


def plans_for(
    sizes: Mapping[str, Sequence[Size]], delays: int | None, modes: int | None, centre: bool
) -> dict[str, KoopmanPlan]:
    """Label → plan: delays by its number of weights, modes and parts common to all.

    Raises:
        InputError: fewer than 0 delays or 1 mode, too few steps for the delays.
    """
    steps = min(size.steps for each in sizes.values() for size in each)
    if (delays is not None and delays < 0) or (modes is not None and modes < 1):
        raise InputError(f"delays {delays}, modes {modes}: at least 0 delays and 1 mode are needed")
    if steps < (delays or 0) + 2:
        raise InputError(f"the shortest recording has {steps} steps, {delays or 0} delays need {(delays or 0) + 2}")
    found = {
        label: default_delays(max(size.weights for size in each), steps) if delays is None else delays
        for label, each in sizes.items()
    }
    parts = default_parts(sizes)
    kept = default_modes(sizes, found, parts) if modes is None else modes
    return {
        label: KoopmanPlan(delays=number, modes=kept, parts=parts, centre=centre) for label, number in found.items()
    }


def _size(seed: Seed) -> Size:
    with seed.source() as source:
        return Size(source.replicas, len(source.steps), source.weights)


def _record(seed: Seed, path: Path) -> None:
    said = seed.row.model_dump_json() if seed.row is not None else "{}"
    names = {"experiment": EXPERIMENT, "architecture": slug(seed.label), "group": seed.label}
    with seed.source() as source:
        write(source, seed.number, names, said, path, lambda done, total: None)


def _fit(recording: Path, path: Path, plan: KoopmanPlan, log: Log) -> None:
    path.parent.mkdir(exist_ok=True)
    with open_recording(recording) as found:
        group = found.attributes["group"]
        # Windows by group are the workflow's; here there are none.
        rows = fit_recording(found, cast(Plan, plan), lambda line: log(f"{group}: {line}"))
        write_fits(path, rows, labels(found))
