"""`traindyn spectrum`: the Koopman eigenvalues of one recording."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from traindyn.command.options import add_fit_options, fit_options

DESCRIPTION = """The Koopman eigenvalues of a recording, one line for each: λ = real + i·imag per recorded step, with
its modulus, rate log|λ|, frequency arg λ / 2π, residual, and energy (the share of the trajectories that the mode
carries). Seeds are fitted one by one, the replicas of a seed together."""
EPILOG = """examples:
  traindyn spectrum run.npz
  traindyn spectrum 'checkpoints/step_*.pt' --delays 8 --csv spectrum.csv --figure spectrum

exit status: 0 done; 1 bad input; 2 wrong use."""


def add(words: Any) -> None:
    """Add the command to the parser's."""
    made = words.add_parser(
        "spectrum",
        help="Koopman eigenvalues of a recording",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("recording", metavar="RECORDING")
    made.add_argument(
        "--csv", type=Path, metavar="FILE", help="write the table here, with all digits, not to the terminal"
    )
    made.add_argument(
        "--figure",
        type=Path,
        metavar="STEM",
        help="draw the eigenvalues in the complex plane: STEM.png, STEM.svg, STEM.pdf",
    )
    add_fit_options(made)
    made.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fit, and print or write."""
    from traindyn.direct import spectrum_table
    from traindyn.errors import InputError
    from traindyn.tables import write_table

    if options.csv is not None and options.csv.suffix != ".csv":
        raise InputError(f"{options.csv}: the table's name must end in .csv")
    table = spectrum_table(options.recording, **fit_options(options))
    if options.figure is not None:
        from traindyn.plotting import save_figure, spectrum

        save_figure(spectrum(table, Path(options.recording).name), options.figure)
    if options.csv is not None:
        write_table(table, options.csv)
    else:
        sys.stdout.write(table.to_string(index=False, float_format="{:.6g}".format) + "\n")
    return 0
