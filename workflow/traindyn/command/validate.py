"""`traindyn validate`: would the workflow accept this configuration?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

DESCRIPTION = """All checks that the workflow makes before its first job, without Snakemake: every key and value,
whether networks, tasks, delays and modes fit each other, whether the sheets of recordings and the files that they name
can be read. Paths are those seen from the working directory, as in a run."""
EPILOG = """example:
  traindyn validate config/config.yaml

exit status: 0 valid; 1 not (one line names the first wrong key, its value and what is allowed); 2 wrong use."""


def add(words: Any) -> None:
    """Add the command to the parser's."""
    made = words.add_parser(
        "validate",
        help="check a configuration of the workflow",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("configuration", metavar="CONFIG.yaml")
    made.add_argument(
        "--repository",
        type=Path,
        metavar="FOLDER",
        help="where the folder notebooks is; by default the working directory, or where this package lies",
    )
    made.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check, and say what is in it."""
    from traindyn import restore_point
    from traindyn.config.load import read_mapping
    from traindyn.validation import validate

    raw = read_mapping(options.configuration, "the key experiments")
    study = validate(raw, _notebooks(options.repository), options.configuration)
    if study.tables == "kept":
        restore_point.check(Path(), study.compared(), study.further_tables())
    print(f"{options.configuration}: valid; experiments: {', '.join(study.experiments)}")
    return 0


def _notebooks(repository: Path | None) -> Path:
    """The folder of notebooks, which figures are looked up in."""
    from traindyn.errors import InputError

    places = [Path(), Path(__file__).parents[3]] if repository is None else [repository]
    found = [place / "notebooks" for place in places if (place / "notebooks").is_dir()]
    if not found:
        raise InputError(f"{places[0].resolve()}: no folder notebooks here; say where the repository is: --repository")
    return found[0]
