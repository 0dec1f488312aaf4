"""`traindyn compare`: recordings → verdicts, tables and a figure."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traindyn.command.options import add_fit_options, fit_options

if TYPE_CHECKING:
    from traindyn.direct import Comparison

OTHER_VERDICT = 3
DESCRIPTION = """Are the recordings of equivalent dynamics? Fits a Koopman spectrum to every recording, takes the
distances between all of them, tests every pair of groups, and writes tables and a figure.

Each RECORDING is a group of its own, unless it is given as LABEL=PATH: recordings of one label are the seeds of one
group. Tests need several seeds in each group; where all groups have one, replicas stand in for seeds."""
EPILOG = """example:
  traindyn compare sgd=sgd_0.npz sgd=sgd_1.npz sgd=sgd_2.npz adam=adam_0.npz adam=adam_1.npz adam=adam_2.npz

written to the output folder: comparison.png (.svg, .pdf), verdicts.csv, distances.csv, spectra.csv.
exit status: 0 done; 1 bad input; 2 wrong use; 3 with --expect, another verdict."""


def add(words: Any) -> None:
    """Add the command to the parser's."""
    made = words.add_parser(
        "compare",
        help="spectra, distances, tests and verdicts of recordings",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("recordings", nargs="+", metavar="RECORDING", help="a path, or LABEL=PATH")
    made.add_argument("--output", type=Path, default=Path("comparison"), metavar="FOLDER", help="default: comparison")
    made.add_argument(
        "--expect",
        choices=("equivalent", "non-conjugate", "undecided", "diverged"),
        help="exit with status 3 unless this is the verdict on every pair, by the first measure",
    )
    add_fit_options(made)
    made.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare, write and print."""
    from traindyn.direct import compare_recordings
    from traindyn.direct.given import labelled

    found = compare_recordings(labelled(options.recordings), **fit_options(options))
    _write(found, options.output)
    print(_summary(found))
    print(f"\nwritten to {options.output}: comparison.png, verdicts.csv, distances.csv, spectra.csv")
    table = found.verdicts
    decided = table[table["measure"] == table["measure"].iloc[0]]["verdict"]
    return OTHER_VERDICT if options.expect and (decided != options.expect).any() else 0


def _summary(found: Comparison) -> str:
    columns = ["measure", "group_a", "group_b", "n_a", "n_b", "unit", "paired_mean", "ratio", "q_value", "verdict"]
    table = found.verdicts[columns].rename(columns={"paired_mean": "distance"})
    return "\n".join([table.to_string(index=False, float_format="{:.4g}".format, na_rep="–"), "", *found.notes])


def _write(found: Comparison, folder: Path) -> None:
    from traindyn.plotting import overview, save_figure
    from traindyn.tables import write_table

    save_figure(overview(found.tables), folder / "comparison")
    for name in ("verdicts", "distances", "spectra"):
        write_table(getattr(found.tables, name), folder / f"{name}.csv")
