"""Processes that servers fork are like new ones: surroundings, status, signals, and none outlives who asked for it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from traindyn.warm import kits
from traindyn.warm.client import Servers, Started
from traindyn.warm.kits import KITS, kits_for
from traindyn.warm.request import Request

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks processes with loaded libraries")


@pytest.fixture
def servers(monkeypatch):
    monkeypatch.setitem(KITS, "tiny", ("colorsys", "there.is.no.such.module"))
    found = Servers()
    found.ensure("tiny")
    yield found
    found.end()
    assert not Path(found.folder).exists()


@pytest.fixture
def start(servers, tmp_path):
    def started(text, *, kind="file", name="job", arguments=(), environment=None):
        program = tmp_path / "program.py"
        if not program.exists() or program.read_text() != text:  # one that runs may be about to read it
            program.write_text(text)
        request = Request(
            name,
            kind,
            str(program) if kind == "file" else "program",
            list(arguments),
            str(tmp_path),
            {**os.environ, "PYTHONPATH": "", **(environment or {})},
        )
        return Started(servers.folder, "tiny", request)

    return started


def gone(pid):
    for _ in range(200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def until(path):
    for _ in range(500):
        if path.is_file() and path.read_text():
            return path.read_text()
        time.sleep(0.02)
    raise AssertionError(f"{path} never came")


SURROUNDINGS = """
import json, os, sys
from pathlib import Path
Path("found.json").write_text(json.dumps({
    "name": __name__, "argv": sys.argv, "folder": os.getcwd(), "path": sys.path[0], "mark": os.environ.get("MARK"),
    "threads": os.environ.get("OMP_NUM_THREADS"), "imported": "colorsys" in sys.modules,
    "comm": Path("/proc/self/comm").read_text().strip(), "stdin": sys.stdin.read(),
}))
"""


@pytest.mark.parametrize("kind", ["file", "module"])
def test_surroundings_are_those_of_a_new_process(start, tmp_path, kind):
    environment = {"MARK": "here", "OMP_NUM_THREADS": "3"}
    done = start(SURROUNDINGS, kind=kind, name="interactions_tables", arguments=["-f", "x"], environment=environment)
    assert done.wait() == 0
    found = json.loads((tmp_path / "found.json").read_text())
    assert found.pop("argv")[1:] == ["-f", "x"]
    assert found == {
        "name": "__main__",
        "folder": str(tmp_path),
        "path": str(tmp_path),
        "mark": "here",
        "threads": "3",
        "imported": True,
        "comm": "interactions_ta",
        "stdin": "",
    }


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 0),
        ("raise SystemExit(3)", 3),
        ("1 / 0", 1),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
    ],
)
def test_status(start, text, status):
    assert start(text).wait() == status


def test_what_is_to_be_done_at_the_end_is_done(start, tmp_path):
    text = (
        "import atexit, os, sys, threading, time\n"
        "os.dup2(os.open('said', os.O_WRONLY | os.O_CREAT), 1)\n"
        "atexit.register(lambda: open('end', 'w').write('done'))\nopen('begin', 'w').write('no flush')\n"
        "threading.Thread(target=lambda: (time.sleep(0.3), open('thread', 'w').write('waited for'))).start()\n"
        "sys.stdout.write('half a line')\n"
    )
    assert start(text).wait() == 0
    assert (tmp_path / "end").read_text() == "done"
    assert (tmp_path / "begin").read_text() == "no flush"
    assert (tmp_path / "thread").read_text() == "waited for"
    assert (tmp_path / "said").read_text() == "half a line"


def test_each_starts_from_the_libraries_as_they_were_imported(start, tmp_path):
    assert start("import colorsys; colorsys.mark = 1").wait() == 0
    assert start("import colorsys, sys; sys.exit(hasattr(colorsys, 'mark'))").wait() == 0


def test_libraries_are_not_taken_apart_after_success(start, tmp_path):
    text = (
        "import colorsys, os\n"
        "class Told:\n    def __del__(self, touch=os.open, how=os.O_CREAT): touch({!r}, how)\n"
        "colorsys.told = Told()\n"
    )
    start(text.format(str(tmp_path / "success"))).wait()
    start(text.format(str(tmp_path / "failure")) + "raise SystemExit(1)").wait()
    assert [(tmp_path / name).exists() for name in ("success", "failure")] == [False, True]


def test_several_at_a_time(start):
    text = "import sys, time; i = int(sys.argv[1]); time.sleep(0.3 * (3 - i)); sys.exit(i)"
    running = [start(text, arguments=[str(i)]) for i in range(3)]
    assert len({each.pid for each in running}) == 3
    assert [each.wait() for each in running] == [0, 1, 2]


def test_poll_timeout_and_signals(start):
    running = start("import time; time.sleep(60)")
    assert running.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.1)
    running.terminate()
    assert running.wait() == -signal.SIGTERM
    running.kill()  # nothing is left that it could reach
    assert running.poll() == -signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_notices_reach_the_process_and_not_the_server(start, tmp_path, number):
    text = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))\n"
        "try:\n    open('ready', 'w').write('1')\n    time.sleep(60)\nexcept KeyboardInterrupt: raise SystemExit(7)"
    )
    running = start(text)
    until(tmp_path / "ready")
    server = psutil.Process(running.pid).ppid()
    for pid in (server, running.pid):
        os.kill(pid, number)
    assert running.wait() == 7
    assert start("").wait() == 0


def test_a_process_ends_with_the_one_who_asked(servers, start, tmp_path):
    asking = tmp_path / "asking.py"
    asking.write_text(
        "import sys, time\nfrom pathlib import Path\nfrom traindyn.warm.client import Started\n"
        "from traindyn.warm.request import parsed\n"
        "started = Started(sys.argv[1], 'tiny', parsed(Path(sys.argv[2]).read_bytes()))\n"
        "Path('pid').write_text(str(started.pid))\ntime.sleep(60)\n"
    )
    (tmp_path / "sleeping.py").write_text("import time; time.sleep(60)")
    request = Request("job", "file", str(tmp_path / "sleeping.py"), [], str(tmp_path), dict(os.environ))
    (tmp_path / "request").write_bytes(request.line())
    root = str(Path(__file__).parents[3] / "workflow")
    asker = subprocess.Popen(
        [sys.executable, asking, servers.folder, tmp_path / "request"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
    )
    pid = int(until(tmp_path / "pid"))
    asker.kill()
    asker.wait()
    assert gone(pid)
    assert start("").wait() == 0


def test_a_server_that_is_killed_takes_its_processes_along_and_another_takes_its_place(servers, start):
    running = start("import time; time.sleep(60)")
    server = psutil.Process(running.pid).ppid()
    os.kill(server, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert gone(running.pid)
    with pytest.raises(ConnectionRefusedError):
        start("")
    servers.ensure("tiny")
    assert start("").wait() == 0


def test_ending_the_servers_ends_all(monkeypatch, tmp_path):
    monkeypatch.setitem(KITS, "tiny", ())
    servers = Servers()
    servers.ensure("tiny")
    (tmp_path / "sleeping.py").write_text("import time; time.sleep(60)")
    request = Request("job", "file", str(tmp_path / "sleeping.py"), [], str(tmp_path), dict(os.environ))
    running = Started(servers.folder, "tiny", request)
    servers.end()
    assert running.wait() == -signal.SIGKILL
    assert gone(running.pid)


def test_who_is_killed_leaves_no_folder(tmp_path):
    holding = tmp_path / "holding.py"
    holding.write_text(
        "import time\nfrom pathlib import Path\nfrom traindyn.warm import client\n"
        "client.KITS |= {'one': (), 'two': ()}\nservers = client.Servers()\n"
        "servers.ensure('one')\nservers.ensure('two')\nPath('folder').write_text(servers.folder)\ntime.sleep(60)\n"
    )
    root = str(Path(__file__).parents[3] / "workflow")
    holder = subprocess.Popen([sys.executable, holding], cwd=tmp_path, env={**os.environ, "PYTHONPATH": root})
    folder = Path(until(tmp_path / "folder"))
    holder.kill()
    holder.wait()
    for _ in range(500):
        if not folder.exists():
            return
        time.sleep(0.02)
    raise AssertionError(list(folder.iterdir()))


def test_a_file_of_the_working_directory_is_not_taken_for_a_library(monkeypatch, tmp_path):
    (tmp_path / "colorsys.py").write_text("raise SystemExit('not this one')")
    (tmp_path / "program.py").write_text("import colorsys, sys; sys.exit(colorsys.__file__.startswith(sys.path[0]))")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(KITS, "tiny", ("colorsys",))
    servers = Servers()
    servers.ensure("tiny")
    request = Request("job", "file", str(tmp_path / "program.py"), [], str(tmp_path), dict(os.environ))
    assert Started(servers.folder, "tiny", request).wait() == 0
    servers.end()


def test_libraries_of_the_kits_are_there():
    """A name that is misspelt would be passed over: every job of the kit would import it for itself."""
    import importlib.util

    for name in {module for kit in KITS.values() for module in kit}:
        assert importlib.util.find_spec(name) is not None, name


def test_every_script_has_a_kit():
    scripts = {path.stem for path in (Path(__file__).parents[3] / "workflow" / "scripts").glob("*.py")}
    assert {kit for script in scripts for kit in kits_for(script)} == set(KITS)
    assert set(kits._SCRIPTS) <= scripts  # a name that no script has would leave its script to the tables
