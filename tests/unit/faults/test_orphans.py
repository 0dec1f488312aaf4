"""Processes end when the one that they work for has ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from traindyn.orphans import RUN

WORKER = f"""
import os, subprocess, sys, time
from traindyn.orphans import end_with_run
if len(sys.argv) > 1:
    os.environ["{RUN}"] = str(os.getpid())
    child = [sys.executable, sys.argv[0]]
    child = ["sh", "-c", "; ".join([" ".join(child), "true"])] if sys.argv[1] == "shell" else child
    subprocess.run(child)
end_with_run()
print(os.getpid(), flush=True)
time.sleep(60)
"""
POOL = """
import os, time
from traindyn.compare.parallel import parallel_map
def work(item):
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(60 * item)
parallel_map(work, [0, 0, 1, 1], 2)
"""


def ends(process, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    os.kill(process, signal.SIGKILL)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("between", ["none", "shell"])
def test_a_job_ends_after_its_run_was_killed(tmp_path, between):
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    run = subprocess.Popen([sys.executable, script, between], stdout=subprocess.PIPE, text=True)
    worker = int(run.stdout.readline())
    assert run.poll() is None
    run.kill()
    run.wait()
    assert ends(worker)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_workers_end_after_their_job_was_killed(tmp_path):
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    job = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    workers = {int(job.stdout.readline()) for _ in range(4)}
    job.kill()
    job.wait()
    assert {worker: ends(worker) for worker in workers} == dict.fromkeys(workers, True)
