"""What every workflow script does around its one call: threads, log, one-line errors, progress."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from traindyn import digests
from traindyn.errors import InputError
from traindyn.orphans import end_with_run

PROGRESS_SECONDS = 10.0
Report = Callable[..., None]


@contextmanager
def job(snakemake: Any) -> Iterator[logging.Logger]:
    """Run a rule's work: its log goes to the rule's log file, bad input ends it with one line and status 1.

    Inputs are compared with the digests that their jobs left, outputs get theirs. The process ends with the Snakemake
    that started it. Numerical libraries get as many threads as the rule has, so that results do not depend on the
    machine.
    """
    end_with_run()
    handler = _handler(Path(str(snakemake.log[0])))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    logger = logging.getLogger(snakemake.rule)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(snakemake.threads)
    try:
        digests.forget(snakemake.output)
        digests.check(snakemake.input)
        with threadpool_limits(snakemake.threads):
            yield logger
        digests.record(snakemake.output)
    except InputError as error:
        logger.error("%s", error)
        print(f"traindyn: {error}", file=sys.stderr)
        sys.exit(1)
    except Exception:
        logger.exception("unexpected error")
        raise
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


def progress(logger: logging.Logger, label: str) -> Report:
    """A function of (done, total) that says every few seconds, in log and terminal, what is done and what remains.

    A third argument says how much of `done` an earlier process did.
    """
    started = last = time.monotonic()

    def report(done: int, total: int, before: int = 0) -> None:
        nonlocal last
        now = time.monotonic()
        # Before the first step is done, nothing is known of how long one takes.
        if done <= before or (now - last < PROGRESS_SECONDS and done != total):
            return
        last = now
        rest = (now - started) * (total - done) / (done - before)
        line = f"{label}: step {done}/{total}, {now - started:.0f} s so far, about {rest:.0f} s remain"
        logger.info("%s", line)
        if done != total:
            print(line, file=sys.stderr, flush=True)

    return report


def _handler(path: Path) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    return handler
