"""One run at a time in a folder; a dead one keeps none out."""

import subprocess
import sys
from pathlib import Path

import pytest

from traindyn import run_lock
from traindyn.errors import InputError

HOLDER = "import sys; from traindyn import run_lock; run_lock.hold(local={local}); print(flush=True); sys.stdin.read()"


@pytest.fixture
def locks(tmp_path, monkeypatch):
    """Snakemake's lock."""
    monkeypatch.chdir(tmp_path)
    folder = Path(".snakemake", "locks")
    folder.mkdir(parents=True)
    (folder / "0.output.lock").write_text("results/a\n")
    return folder


def holder(local=True):
    run = subprocess.Popen(
        [sys.executable, "-c", HOLDER.format(local=local)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    run.stdout.readline()
    return run


def end(run):
    run.kill()
    run.communicate()


def test_a_second_run_is_refused_while_the_first_is_alive(locks):
    first = holder()
    with pytest.raises(InputError, match=r"\.snakemake: a run in this folder is alive"):
        run_lock.hold(local=True)
    run_lock.clear_dead()
    assert locks.exists()
    end(first)


def test_a_dead_run_s_lock_is_removed(locks):
    end(holder())
    run_lock.clear_dead()
    assert not locks.exists()


def test_the_lock_of_a_dead_run_whose_jobs_may_live_stays(locks):
    end(holder(local=False))
    run_lock.clear_dead()
    assert locks.exists()


def test_the_lock_of_a_run_on_another_host_stays(locks, monkeypatch):
    end(holder())
    monkeypatch.setattr(run_lock.socket, "gethostname", lambda: "elsewhere")
    run_lock.clear_dead()
    assert locks.exists()


def test_a_lock_of_nobody_known_stays(locks):
    run_lock.clear_dead()
    assert locks.exists()
