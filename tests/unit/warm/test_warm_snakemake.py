"""Which of Snakemake's scripts a server starts, and what Snakemake learns of them."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from snakemake.script import PythonScript

from traindyn.warm import snakemake
from traindyn.warm.kits import KITS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks processes with loaded libraries")


@pytest.fixture
def script(tmp_path, monkeypatch):
    """A script, as Snakemake has it, whose cold start writes `cold`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(PythonScript, "execute_script", lambda self, fname, edit=False: self.said.append("cold"))
    monkeypatch.setattr(snakemake, "kits_for", lambda name: ("tiny",))
    monkeypatch.setitem(KITS, "tiny", ())
    ends = []
    monkeypatch.setattr(snakemake.atexit, "register", ends.append)
    monkeypatch.setenv("TRAINDYN_WARM", "")
    monkeypatch.delenv(snakemake.COLD, raising=False)

    def made(text, **changes):
        (tmp_path / "tmp1.train.py").write_text(text)
        usual = {"conda_env": None, "container_img": None, "env_modules": None, "bench_record": None, "threads": 2}
        return SimpleNamespace(**usual | changes, resources={"tmpdir": str(tmp_path)}, said=[])

    yield made
    for end in ends:
        end()


def execute(script):
    PythonScript.execute_script(script, "tmp1.train.py")
    return script.said


def test_a_server_starts_it_with_its_threads_and_folder(script, tmp_path):
    text = "import os\nopen('warm', 'w').write(os.environ['OMP_NUM_THREADS'] + os.environ['TMPDIR'])"
    snakemake.install()
    assert execute(script(text)) == []
    assert (tmp_path / "warm").read_text() == f"2{tmp_path}"


def test_a_script_that_fails_is_an_error(script):
    snakemake.install()
    with pytest.raises(subprocess.CalledProcessError) as caught:
        execute(script("raise SystemExit(3)"))
    assert caught.value.returncode == 3


@pytest.mark.parametrize("elsewhere", ["conda_env", "container_img", "env_modules"])
def test_in_an_environment_of_its_own_it_starts_cold(script, elsewhere):
    snakemake.install()
    assert execute(script("", **{elsewhere: "another"})) == ["cold"]


def test_on_demand_all_start_cold(script, monkeypatch):
    monkeypatch.setenv(snakemake.COLD, "1")
    snakemake.install()
    assert execute(script("")) == ["cold"]


def test_without_a_server_it_starts_cold(script, monkeypatch):
    monkeypatch.setattr(snakemake.Servers, "ensure", lambda self, kit: None)
    snakemake.install()
    assert execute(script("")) == ["cold"]


def test_a_snakemake_that_starts_scripts_otherwise_is_left_as_it_is(script, monkeypatch):
    monkeypatch.delattr(PythonScript, "execute_script")
    snakemake.install()
    assert "execute_script" not in vars(PythonScript)
