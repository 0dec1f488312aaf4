"""The code hash: blind to comments and docstrings, sensitive to logic anywhere below, and to nothing else."""

import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import traindyn
from traindyn.provenance import dependencies, git_commit, versions

PACKAGE = Path(traindyn.__file__).parent


@pytest.fixture
def copy(tmp_path):
    """A copy of the package to edit; calling it with modules gives their hash, from a fresh process."""
    shutil.copytree(PACKAGE, tmp_path / "traindyn", ignore=shutil.ignore_patterns("__pycache__"))

    class Copy:
        def edit(self, file, old, new):
            path = tmp_path / "traindyn" / file
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")

        def hashes(self, *modules):
            code = f"from traindyn.provenance import code_hash\nfor m in {modules!r}: print(code_hash(m))"
            done = subprocess.run(
                [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
            )
            return dict(zip(modules, done.stdout.split(), strict=True))

    return Copy()


MODULES = ("traindyn.training.loop", "traindyn.koopman", "traindyn.compare", "traindyn.plotting")


def test_comments_and_docstrings_change_nothing(copy):
    before = copy.hashes(*MODULES)
    copy.edit("koopman/windows.py", '"""', '"""Another docstring. ')
    copy.edit("training/loop.py", "import torch\n", "import torch  # a comment\n\n\n")
    copy.edit("streams.py", "digest = ", "# why not\n    digest = ")
    assert copy.hashes(*MODULES) == before


def test_logic_changes_what_depends_on_it_only(copy):
    before = copy.hashes(*MODULES)
    copy.edit("koopman/windows.py", "return ", "return None or ")
    after = copy.hashes(*MODULES)
    assert {m for m in MODULES if before[m] != after[m]} == {"traindyn.koopman"}
    copy.edit("streams.py", '"big"', '"little"')
    last = copy.hashes(*MODULES)
    changed = {m for m in MODULES if after[m] != last[m]}
    assert changed == {"traindyn.training.loop", "traindyn.compare", "traindyn.koopman"}


def test_components_are_hashed_by_file(copy):
    files = ("traindyn.optimizers.sgd", "traindyn.optimizers.adam")
    before = copy.hashes(*files)
    copy.edit("optimizers/adam.py", "0.999", "0.99")
    after = copy.hashes(*files)
    assert before[files[0]] == after[files[0]]
    assert before[files[1]] != after[files[1]]


def test_dependencies_are_transitive():
    found = dependencies(["traindyn.training.loop"])
    assert {"traindyn.recording.layout", "traindyn.tasks.base", "traindyn.config.schema", "traindyn.errors"} <= found
    assert not any(module.startswith(("traindyn.koopman", "traindyn.compare", "traindyn.plotting")) for module in found)


ALLOWED = {
    "config": {"errors"},
    "tasks": {"errors", "config", "streams"},
    "architectures": {"errors"},
    "optimizers": {"errors", "uncompiled"},
    "recording": {"errors", "streams", "whole"},
    "recorder": {"errors", "provenance", "recording"},
    "training": {
        "errors", "config", "streams", "provenance", "tasks", "architectures", "optimizers", "recording", "whole",
    },
    "interactions": {
        "errors", "config", "streams", "tasks", "architectures", "optimizers", "training", "recording",
    },
    "stability": {
        "errors", "config", "streams", "tasks", "architectures", "optimizers", "training", "recording",
    },
    "criticality": {"errors", "config", "tasks", "architectures", "optimizers", "training", "recording"},
    "sides": {"errors", "config"},
    "koopman": {"errors", "recording", "streams", "whole"},
    "compare": {"errors", "streams", "orphans"},
    "sensitivity": {"compare", "config", "koopman", "recording"},
    "plotting": {"errors", "whole"},
    "notebooks": {"errors", "warm", "whole"},
    "warm": set(),
    "claims": {"errors", "config", "compare", "webpage"},
    "run": {"errors", "provenance", "webpage"},
    "cluster": {"errors"},
    "bringing": {"config", "errors", "provenance", "recording"},
    "direct": {"bringing", "compare", "config", "errors", "koopman", "plotting", "recording"},
    "validation": {
        "errors", "config", "memory", "provenance", "claims", "compare", "bringing", "koopman", "training",
    },
    "command": {"direct", "config", "errors", "plotting", "restore_point", "tables", "validation", "recording"},
}  # fmt: skip


@pytest.mark.parametrize("room", ALLOWED)
def test_rooms_know_only_whom_they_may(room):
    modules = [
        ".".join(("traindyn", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in (PACKAGE / room).rglob("*.py")
    ]
    from traindyn import provenance

    met = {
        name.split(".")[1] for module in modules for name in provenance._imports(module.removesuffix(".__init__"))
    } - {room}
    assert met <= ALLOWED[room]


WITHOUT_TORCH = [
    "koopman",
    "compare",
    "plotting",
    "notebooks",
    "recording",
    "sensitivity",
    "config",
    "claims",
    "run",
    "cluster",
    "bringing",
    "direct",
    "command.main",
    "dag",
    "provenance",
    "size",
    "study",
    "validation",
    "warm.snakemake",
]


@pytest.mark.parametrize("room", WITHOUT_TORCH)
def test_rooms_without_torch_do_not_import_it(room):
    code = f"import sys, traindyn.{room}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_provenance_is_filled_in(tmp_path):
    assert versions()["traindyn"] == metadata.version("traindyn")
    assert git_commit(tmp_path) == "unknown"


def test_a_module_outside_is_hashed_with_what_it_imports_of_its_own_package(tmp_path):
    folder = tmp_path / "mypackage"
    folder.mkdir()
    (folder / "__init__.py").write_text("VERSION = 1\n")
    (folder / "rules.py").write_text("RATE = 0.1\n")
    (folder / "other.py").write_text("import torch\n")
    (folder / "mine.py").write_text(
        "import numpy\nfrom traindyn.optimizers.base import Optimizer\nfrom .rules import RATE\n"
    )
    script = "import sys; from traindyn.provenance import code_hash, dependencies; print(code_hash('mypackage.mine'))"

    def found() -> str:
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    before = found()
    for name in ("other.py", "__init__.py"):
        (folder / name).write_text("EDITED = 1\n")
        assert found() == before
    (folder / "rules.py").write_text("RATE = 0.2\n")
    assert found() != before
