"""Run the benchmark: `make benchmark`, or `PYTHONPATH=tests python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.context import Context
from benchmarks.report import write

SECTIONS = (
    "machine",
    "koopman",
    "large",
    "ensembles",
    "gpu",
    "recorder",
    "distances",
    "known_answers",
    "interactions",
    "scaling",
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=sys.modules[__name__].__doc__)
    # What a share is a share of must be known: the machine is always measured.
    parser.add_argument("sections", nargs="*", metavar="section", help=f"of {', '.join(SECTIONS)}; all unless given")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: whether it runs, not how fast")
    parser.add_argument(
        "--threads", type=int, default=len(os.sched_getaffinity(0)), help="of every library (all cores)"
    )
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("TRAINDYN_DATA_DIR", "data")))
    parser.add_argument("--output", type=Path, default=Path("results/benchmarks"), help="folder of tables and plots")
    arguments = parser.parse_args()
    unknown = set(arguments.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"unknown section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    return arguments


def main() -> None:
    """Measure the sections asked for, one after the other; write their tables, plots and the page."""
    from traindyn.errors import InputError

    arguments = _arguments()
    wanted = [name for name in SECTIONS if name in {"machine", *(arguments.sections or SECTIONS)}]
    arguments.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.output, prefix=".recordings-") as folder:
        context = Context(arguments.quick, arguments.threads, arguments.data_dir, Path(folder))
        try:
            write(wanted, context, arguments.output)
        except InputError as error:
            sys.exit(
                f"{error} (the data folder is --data-dir or TRAINDYN_DATA_DIR, MNIST is fetched there if it can be)"
            )


if __name__ == "__main__":
    main()
