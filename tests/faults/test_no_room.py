"""A full disk, a disk without permission: one line that names the file, nothing half-written, and on with room."""

import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest
from disturbed import Disturbed

pytestmark = pytest.mark.slow


@contextmanager
def mounted(folder, *arguments):
    """Something mounted at the folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder, options):
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def errors(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("traindyn: ")]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small disk")
def test_a_full_disk_is_said_in_one_line_and_room_mends_it(undisturbed, tmp_path):
    """Room for next to nothing at first, then for some of the recordings, then for all but figures."""
    run = Disturbed(undisturbed.study.at(tmp_path / "study", results=False), "full")
    results = run.study.folder / "results"
    said_of = []
    with mounted(results, "-t", "tmpfs", "-o", "size=40k", "tmpfs"):
        for size in ("200k", "700k", "100m"):
            status, said = run.complete()
            assert status != 0, said
            assert errors(said), said
            assert all("cannot be written" in line and "No space left" in line for line in errors(said)), said
            said_of += errors(said)
            assert not list(results.glob("**/.*")), "half-written"
            remount(results, f"size={size}")
        status, said = run.complete()
        assert status == 0, said
        found, expected = run.results(), undisturbed.results()
        assert [name for name in expected if found.get(name) != expected[name]] == []
    print("\n".join(said_of))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a disk without permission")
def test_a_disk_without_permission_is_said_in_one_line(undisturbed, tmp_path):
    run = Disturbed(undisturbed.study.at(tmp_path / "study"), "denied")
    tables = run.study.folder / "results" / "width"
    # Tables are made again only for what is drawn from them. Those that are there Snakemake itself calls protected.
    (run.study.folder / "results" / "figures" / "width.png").unlink()
    shutil.rmtree(tables / "fits")
    for path in (*tables.rglob("*.parquet"), *tables.rglob("*.csv")):
        path.unlink()
    with mounted(tables, "--bind", str(tables)):
        remount(tables, "bind,ro")
        status, said = run.complete()
        assert status != 0
        assert errors(said), said
        assert "Traceback" not in said, said
