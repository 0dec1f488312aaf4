"""`traindyn recover`: an unfinished recording → the recording."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

DESCRIPTION = """Makes a recording of what a training has recorded that was killed, or still runs. A Recorder writes
run.h5.unfinished while it runs, and makes run.h5 of it in the end."""
EPILOG = """example:
  traindyn recover run.h5                 after a crash: makes run.h5 and removes run.h5.unfinished
  traindyn recover run.h5 --to look.h5    leaves run.h5.unfinished alone: the training may run, or be resumed"""


def add(words: Any) -> None:
    """Add the command to the parser's."""
    made = words.add_parser(
        "recover",
        help="make a recording of what an unfinished training has recorded",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("recording", type=Path, metavar="RECORDING", help="run.h5, or run.h5.unfinished")
    made.add_argument("--to", type=Path, metavar="FILE", help="write the recording there instead")
    made.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Recover and say what there was."""
    from traindyn.recording.recovery import recover

    found = recover(options.recording, options.to)
    print(f"{found.path}: {found.steps} recorded steps, {found.first} to {found.last}")
    if found.lost_bytes:
        print(f"left out: {found.lost_bytes} bytes at the end that are no whole record")
    return 0
