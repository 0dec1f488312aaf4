"""`traindyn show`: what is in a recording?"""

from __future__ import annotations

import argparse
from typing import Any

DESCRIPTION = """What is in a recording: group, seeds, replicas, steps, layers with their sizes, divergences, and, of a
recording of the workflow, versions of what made it. All values are read and their checksums compared, where the format
has any: damage ends with one line and status 1."""
EPILOG = """example:
  traindyn show results/width/recordings/mlp5/sgd/0000-0004.h5

exit status: 0 whole; 1 missing, damaged or no recording; 2 wrong use."""


def add(words: Any) -> None:
    """Add the command to the parser's."""
    made = words.add_parser(
        "show",
        help="what is in a recording, and is it whole?",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("recording", metavar="RECORDING")
    made.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, and print."""
    from traindyn.direct import describe_recording

    print("\n".join(describe_recording(options.recording).lines()))
    return 0
