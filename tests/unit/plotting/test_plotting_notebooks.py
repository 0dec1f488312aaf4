"""Notebooks: clean in the repository, checked and executed repeatably."""

import ast
import json
import logging
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from papermill.translators import translate_parameters
from synthetic_factorial import factorial_tables
from synthetic_tables import grokking_tables, optimizer_tables, width_tables, write_tables
from synthetic_windows import window_tables

from traindyn.errors import InputError
from traindyn.notebooks.execute import check_parameters, declared_parameters, execute, read_notebook

NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"
PARAMETERS = [
    "experiment",
    "spectra",
    "distances",
    "resampled_distances",
    "verdicts",
    "window_verdicts",
    "transitions",
    "learning_curves",
    "trajectories",
    "diverged",
    "figure",
]
OWN = {
    "optimizers": optimizer_tables,
    "width": lambda: width_tables(seeds=3, diverged=(("width 5", 1, 40),)),
    "recordings": lambda: width_tables(("mine", "theirs"), seeds=2),
    "factorial": lambda: factorial_tables(("a", "b"), seeds=2, diverged=(("a/sgd", 1, 40),)),
    "grokking": grokking_tables,
    "early_phase": lambda: replace(window_tables(), verdicts=width_tables(seeds=2).verdicts),
}


def write_notebook(path: Path, *cells: str, parameters: str = "x = 1") -> Path:
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
    )
    first = nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]})
    rest = [nbformat.v4.new_code_cell(source, id=f"step-{i}") for i, source in enumerate(cells)]
    made.cells = [first, *rest]
    nbformat.write(made, path)
    return path


def run(tmp_path: Path, notebook: Path, parameters: Mapping[str, object], name: str = "out") -> tuple[Path, Path]:
    ipynb, html = tmp_path / f"{name}.ipynb", tmp_path / f"{name}.html"
    execute(notebook, ipynb, html, parameters)
    return ipynb, html


def printed(ipynb: Path) -> str:
    cells = nbformat.read(ipynb, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


# ---- in the repository ----


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_in_the_repository_are_clean(path: Path) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(raw)
    assert (raw["nbformat"], raw["nbformat_minor"]) == (4, 5)
    assert raw["metadata"]["kernelspec"]["name"] == "python3"
    assert set(raw["metadata"]) == {"kernelspec", "language_info"}
    assert set(raw["metadata"]["language_info"]) == {"name"}
    for cell in raw["cells"]:
        assert re.fullmatch("[a-z-]+", cell["id"]), "random cell id"
        assert set(cell["metadata"]) <= {"tags"}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("name", list(OWN))
def test_all_parameters_must_be_given(name: str) -> None:
    assert declared_parameters(read_notebook(NOTEBOOKS / f"{name}.ipynb")) == dict.fromkeys(PARAMETERS, True)


# ---- execution ----


@pytest.mark.parametrize(
    "name", [name if name == "factorial" else pytest.param(name, marks=pytest.mark.slow) for name in OWN]
)
def test_two_runs_of_a_figures_notebook_give_equal_bytes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tables = OWN[name]()
    given = write_tables(tables, Path("tables")) | {
        "experiment": tables.experiment,
        "figure": "figures/drawn",
    }
    results = [run(tmp_path, NOTEBOOKS / f"{name}.ipynb", given, run_name) for run_name in ("one", "two")]
    for one, two in zip(*results, strict=True):
        assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in Path("figures").iterdir()) == ["drawn.pdf", "drawn.png", "drawn.svg"]
    ipynb, html = results[0]
    nbformat.validate(nbformat.read(ipynb, as_version=4))
    text = ipynb.read_text()
    assert str(tmp_path) not in text
    assert str(NOTEBOOKS.parent) not in text
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d:", text), "a time of execution"
    page = html.read_text()
    assert "<script" not in page
    assert "<link" not in page
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]{0,20})|url\(["']?([^"')]{0,20})|@import""", page)
    assert loaded
    assert all(target.startswith(("data:", "#")) for pair in loaded for target in pair if target)
    assert "Koopman spectra, distances and verdicts" in page  # what the picture shows, in words
    assert "equivalent" in page


def test_the_kernel_is_this_python_on_private_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "jupyter" / "kernels" / "python3"  # an installed kernel of the same name
    other.mkdir(parents=True)
    (other / "kernel.json").write_text(json.dumps({"argv": ["/bin/false"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    probe = """import json, os, sys
from ipykernel.connect import get_connection_file
connection = json.load(open(get_connection_file()))
print(sys.executable, connection["transport"], os.environ["PYTHONHASHSEED"])"""
    ipynb, _ = run(tmp_path, write_notebook(tmp_path / "probe.ipynb", probe), {})
    assert printed(ipynb) == f"{sys.executable} ipc 0\n"


def test_no_connection_leaves_the_kernel(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe = f"""import socket, urllib.request
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", {server.getsockname()[1]})),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
    lambda: socket.socket(socket.AF_INET6).bind(("::1", 0)),
    lambda: urllib.request.urlopen("http://localhost:9/"),
):
    try:
        print("went through", attempt())
    except OSError as error:
        print(error)"""
        ipynb, _ = run(tmp_path, write_notebook(tmp_path / "probe.ipynb", probe), {})
    lines = printed(ipynb).splitlines()
    assert len(lines) == 4
    assert all("notebooks run without network" in line for line in lines)


@settings(deadline=None)
@given(st.text())
@example("'; import os; os.system('true') #")
@example('"""\n1 / 0\n"""')
@example("{x} {0!r} %s \\\\ \\N{BULLET} \r\n\u2028")
def test_a_parameter_is_a_literal_whatever_it_says(value: str) -> None:
    """What papermill writes into the notebook is one assignment of one constant: the value, and no code."""
    (statement,) = ast.parse(translate_parameters("python3", "python", {"x": value}, "Parameters")).body
    assert isinstance(statement, ast.Assign)
    assert [target.id for target in statement.targets if isinstance(target, ast.Name)] == ["x"]
    assert ast.literal_eval(statement.value) == value


def test_a_long_temporary_folder_does_not_break_the_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("deep" * 20)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    ipynb, _ = run(tmp_path, write_notebook(tmp_path / "n.ipynb", "print(x)"), {"x": 7})
    assert printed(ipynb) == "7\n"


def test_parameters_replace_the_defaults_and_stderr_goes_to_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    source = "import sys\nprint(x)\nprint('a warning', file=sys.stderr)"
    ipynb, _ = run(tmp_path, write_notebook(tmp_path / "n.ipynb", source), {"x": "näh"})
    assert printed(ipynb) == "näh\n"
    assert "a warning" in caplog.text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"path": "p", "sepctra": 1}, r"unknown parameter sepctra \(allowed: path, table, count\)"),
        ({"path": "p"}, r"missing parameter table \(allowed: path, table, count\)"),
        ({}, r"missing parameter path, table "),
    ],
)
def test_misspelt_and_missing_parameters_are_named(given: dict[str, object], message: str, tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "n.ipynb", parameters="path = ''\ntable: str\ncount: int = 3")
    with pytest.raises(InputError, match=message):
        run(tmp_path, notebook, given)
    assert [path.name for path in tmp_path.iterdir()] == ["n.ipynb"]
    check_parameters(notebook, read_notebook(notebook), {"path": "p", "table": "t"})


def test_a_failing_cell_is_named_and_leaves_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    notebook = write_notebook(tmp_path / "n.ipynb", "y = 2", "def inner():\n    1 / 0\n\ninner()", "print('later')")
    with pytest.raises(InputError, match=r"n\.ipynb', cell 'step-1': ZeroDivisionError: division by zero$"):
        run(tmp_path, notebook, {"x": 2})
    assert [path.name for path in tmp_path.iterdir()] == ["n.ipynb"]
    assert "in inner()" in caplog.text
    assert "\x1b" not in caplog.text


def test_a_failing_run_keeps_the_results_of_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "out.html").write_text("before")
    with pytest.raises(InputError):
        run(tmp_path, write_notebook(tmp_path / "n.ipynb", "raise SystemError('no')"), {})
    assert (tmp_path / "out.html").read_text() == "before"


def test_a_kernel_that_dies_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"n\.ipynb': its kernel failed"):
        run(tmp_path, write_notebook(tmp_path / "n.ipynb", "import os\nos._exit(3)"), {})
    assert [path.name for path in tmp_path.iterdir()] == ["n.ipynb"]


def test_a_missing_or_broken_notebook_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.ipynb': no such file"):
        run(tmp_path, tmp_path / "nowhere.ipynb", {})
    (tmp_path / "broken.ipynb").write_text("{")
    with pytest.raises(InputError, match=r"broken\.ipynb': cannot be read"):
        run(tmp_path, tmp_path / "broken.ipynb", {})


def test_an_input_error_in_a_cell_keeps_its_line(tmp_path: Path) -> None:
    given = dict.fromkeys(PARAMETERS, "nowhere.csv")
    with pytest.raises(
        InputError, match=r"cell 'read-tables': InputError: spectra table 'nowhere\.csv': no such file$"
    ):
        run(tmp_path, NOTEBOOKS / "width.ipynb", given)
