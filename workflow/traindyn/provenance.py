"""Where results come from: hashes of the code they depend on, versions, the git commit.

Snakemake reruns a job when its parameters change, but does not see edits of the modules that its script imports.
The hash of their syntax trees, as a parameter, makes it see logic edits and overlook comments and docstrings.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import astuple
from functools import cache
from pathlib import Path

from traindyn import __version__, syntax
from traindyn.memory import Memory
from traindyn.syntax import Syntax, read_syntax

PACKAGE = "traindyn"
RECORDED_PACKAGES = ("torch", "numpy", "scipy", "h5netcdf", "scikit-learn")
# What modules say, by their content: a process may give one that lasts longer.
_memory = Memory()


def remember(memory: Memory) -> None:
    """Look modules up in `memory` from now on."""
    global _memory
    _memory = memory


@cache
def code_hash(*modules: str) -> str:
    """Hash of the syntax trees of these modules and of all that they import, directly or not.

    Followed are imports of this package and, from a module outside of it, those of that module's own package.
    """
    digest = hashlib.sha256()
    for module in sorted(dependencies(modules)):
        digest.update(f"{module} {_syntax(module).hash}\n".encode())
    return digest.hexdigest()[:16]


def dependencies(modules: Iterable[str]) -> set[str]:
    """The modules themselves, and those of their packages that they import, found without running any of them."""
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += _imports(module)
    return seen


@cache
def _path(module: str) -> Path | None:
    """The module's file. Found by folder, since looking a name up would import its parent packages."""
    if module == PACKAGE or module.startswith(f"{PACKAGE}."):
        stem = Path(__file__).parent.joinpath(*module.split(".")[1:])
        candidates = (stem / "__init__.py", stem.with_suffix(".py"))
        return next((path for path in candidates if path.is_file()), None)
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    return Path(found.origin) if found and found.origin and found.origin.endswith(".py") else None


@cache
def _syntax(module: str) -> Syntax:
    path = _path(module)
    source = path.read_bytes() if path else b""
    key = f"syntax {_reader()} {hashlib.sha256(source).hexdigest()}"
    found, imports = _memory.recall(key, lambda: list(astuple(read_syntax(source))))
    return Syntax(found, tuple(imports))


@cache
def _reader() -> str:
    """What else a module's hash hangs on: Python's trees, and how they are read."""
    own = Path(syntax.__file__).read_bytes()
    return f"{platform.python_version()} {hashlib.sha256(own).hexdigest()[:16]}"


@cache
def _imports(module: str) -> tuple[str, ...]:
    found = {_absolute(module, name) for name in _syntax(module).imports}
    roots = {PACKAGE, module.split(".")[0]}
    own = {name for name in found if name.split(".")[0] in roots and _path(name)}
    # `import a.b.c` runs a and a.b as well; a package's own root says nothing about results.
    parents = {".".join(name.split(".")[:i]) for name in own for i in range(2, name.count(".") + 1)}
    return tuple(sorted((own | parents) - roots))


def _absolute(module: str, name: str) -> str:
    """A name that is imported, without the dots that stand for folders above."""
    below = name.lstrip(".")
    level = len(name) - len(below)
    if level == 0:
        return name
    path = _path(module)
    is_package = path is not None and path.name == "__init__.py"
    parts = module.split(".")
    above = parts[: len(parts) - level + is_package]
    return ".".join([*above, *([below] if below else [])])


@cache
def versions() -> dict[str, str]:
    """Version of this package, of Python and of the libraries that make the numbers."""
    found = {PACKAGE: __version__, "python": platform.python_version()}
    for name in RECORDED_PACKAGES:
        found[name] = importlib.metadata.version(name)
    return found


def git_commit(folder: Path | None = None) -> str:
    """Commit of the working tree (`-dirty` where it was edited), or "unknown" outside a repository."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        answer = subprocess.run(
            command, cwd=folder or Path(__file__).parent, capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return answer.stdout.strip()


def attributes(configuration: str) -> dict[str, str]:
    """Strings kept with every recording: the resolved configuration, versions, git commit."""
    return {"configuration": configuration, "versions": json.dumps(versions()), "git_commit": git_commit()}
