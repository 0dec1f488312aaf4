"""Options that several commands have."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add_fit_options(parser: argparse.ArgumentParser) -> None:
    """Delays, modes, centring, and whether to say what is going on."""
    fit = parser.add_argument_group(
        "fit", "Koopman spectra by delay-embedded dynamic mode decomposition; what is not given follows from the sizes"
    )
    fit.add_argument(
        "--delays",
        type=int,
        metavar="D",
        help="time delays; by default 3200 // weights, from 4 to a quarter of the steps",
    )
    fit.add_argument(
        "--modes", type=int, metavar="K", help="eigenvalues; by default 10, or half as many as there are snapshots"
    )
    fit.add_argument("--centre", action="store_true", help="subtract the mean over replicas and steps first")
    parser.add_argument("--quiet", action="store_true", help="say nothing of each fit on the error stream")


def fit_options(options: argparse.Namespace) -> dict[str, Any]:
    """The same, as arguments of a function."""
    return {
        "delays": options.delays,
        "modes": options.modes,
        "centre": options.centre,
        "log": _silent if options.quiet else _say,
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _silent(line: str) -> None:
    pass
