"""The command `traindyn`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from traindyn import __version__
from traindyn.errors import InputError

COMMANDS = ("compare", "spectrum", "show", "recover", "validate")
DESCRIPTION = """Do two ways of training a network have equivalent dynamics?

A recording is a file or a folder with the weights of a training, step by step: an array (step, weight) or
(replica, step, weight) in .npy, .npz, .h5, .nc or .zarr, a folder of PyTorch or safetensors checkpoints with the
step in their names (or a pattern such as 'run/step_*.pt', in quotes), or a recording of the workflow (.h5)."""
EXIT = """exit status: 0 done; 1 bad input (one line says which file or key, what is wrong and what is allowed);
2 wrong use of the command; 3 only with compare --expect: another verdict than expected."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except InputError as error:
        print(f"traindyn: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `traindyn spectrum … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    made = argparse.ArgumentParser(
        "traindyn", description=DESCRIPTION, epilog=EXIT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--version", action="version", version=f"traindyn {__version__}")
    words = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"traindyn.command.{name}").add(words)
    return made


if __name__ == "__main__":
    sys.exit(main())
