"""Clients wait for an absent controller, and submit nothing twice."""

import os
import subprocess
import sys

import pytest
from stand_ins import calls, write_stand_ins

from traindyn.cluster import patient
from traindyn.cluster.clients import write_clients

REFUSED = "Unable to contact slurm controller (connect failure)"
AFTER_THREE = '[ $(grep -c {} calls) -gt 3 ] && echo 7 || {{ echo "error: {}" >&2; exit 1; }}'


@pytest.fixture
def clients(tmp_path, monkeypatch):
    """A factory: stand-ins with these scripts, and the waiting clients written for them; they wait 20 ms."""
    monkeypatch.delenv("SLURM_CONF", raising=False)

    def make(**scripts):
        real = write_stand_ins(tmp_path / "real", **scripts)
        monkeypatch.setenv("PATH", f"{real}{os.pathsep}{os.environ['PATH']}")
        write_clients(tmp_path / "bin", tmp_path / "settings")
        return real, tmp_path / "bin"

    monkeypatch.setattr(patient, "PAUSE_SECONDS", 0.02)
    return make


@pytest.mark.parametrize("client", ["squeue", "sbatch", "scancel"])
def test_a_client_is_asked_again_until_the_controller_answers(clients, client):
    real, _ = clients(**{client: AFTER_THREE.format(client, REFUSED)})
    done = patient.call([str(real / client), "--name", "a b"])
    assert (done.returncode, done.stdout) == (0, "7\n")
    assert calls(real) == [f"{client} --name a b"] * 4


def test_a_submission_that_may_have_arrived_is_not_repeated(clients):
    real, _ = clients(sbatch="echo Socket timed out on send/recv operation >&2; exit 1")
    assert patient.call([str(real / "sbatch")]).returncode == 1
    assert len(calls(real)) == 1


def test_another_error_is_passed_on_at_once(clients):
    real, bin_folder = clients(squeue="echo Invalid user >&2; exit 3")
    done = subprocess.run([bin_folder / "squeue", "-u", "x"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "Invalid user\n")
    assert calls(real) == ["squeue -u x"]


def test_patience_ends(clients, monkeypatch):
    monkeypatch.setattr(patient, "QUERY_SECONDS", 0.2)
    real, _ = clients(squeue=f"echo '{REFUSED}' >&2; exit 1")
    assert patient.call([str(real / "squeue")]).returncode == 1
    assert len(calls(real)) > 1


def test_what_a_killed_run_left_behind_submits_nothing_more(clients, monkeypatch):
    real, _ = clients(sbatch=f"echo '{REFUSED}' >&2; exit 1")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setenv(patient.MAIN, str(gone.pid))
    assert patient.call([str(real / "sbatch")]).returncode == 1
    assert len(calls(real)) == 1


def test_settings_are_remembered_while_the_controller_is_away(clients, tmp_path):
    (tmp_path / "settings").write_text("MinJobAge = 300 sec\n")
    _, bin_folder = clients(scontrol=f"echo '{REFUSED}' >&2; exit 1")
    done = subprocess.run([bin_folder / "scontrol", "show", "config"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "MinJobAge = 300 sec\n")


def test_clients_know_their_cluster_and_never_call_themselves(clients, monkeypatch, tmp_path):
    monkeypatch.setenv("SLURM_CONF", "/some where/slurm.conf")
    real, bin_folder = clients(srun='echo "$SLURM_CONF"', squeue='echo "$SLURM_CONF"')
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}{os.environ['PATH']}")
    write_clients(bin_folder, tmp_path / "settings")
    for client in ("srun", "squeue"):
        done = subprocess.run([bin_folder / client], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
        assert done.stdout == "/some where/slurm.conf\n"
    assert calls(real) == ["srun", "squeue"]
