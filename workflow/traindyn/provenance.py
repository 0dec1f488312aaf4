"""Where results come from: hashes of the code they depend on, versions, the git commit.

Snakemake reruns a job when its parameters change, but does not see edits of the modules that its script imports.
The hash of their syntax trees, as a parameter, makes it see logic edits and overlook comments and docstrings.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import platform
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from traindyn import __version__

PACKAGE = "traindyn"
RECORDED_PACKAGES = ("torch", "numpy", "scipy", "h5netcdf", "scikit-learn")


@cache
def code_hash(*modules: str) -> str:
    """Hash of the syntax trees of these modules and of all that they import, directly or not.

    Followed are imports of this package and, from a module outside of it, those of that module's own package.
    """
    digest = hashlib.sha256()
    for module in sorted(dependencies(modules)):
        digest.update(f"{module} {_tree_hash(module)}\n".encode())
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
def _tree(module: str) -> ast.Module:
    path = _path(module)
    return ast.parse(path.read_bytes()) if path else ast.Module(body=[], type_ignores=[])


@cache
def _tree_hash(module: str) -> str:
    tree = _tree(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_docstring(statement)]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@cache
def _imports(module: str) -> tuple[str, ...]:
    found: set[str] = set()
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            found |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
    roots = {PACKAGE, module.split(".")[0]}
    own = {name for name in found if name.split(".")[0] in roots and _path(name)}
    # `import a.b.c` runs a and a.b as well; a package's own root says nothing about results.
    parents = {".".join(name.split(".")[:i]) for name in own for i in range(2, name.count(".") + 1)}
    return tuple(sorted((own | parents) - roots))


def _origin(module: str, node: ast.ImportFrom) -> str:
    """The absolute name of what a `from … import` statement imports from."""
    if node.level == 0:
        return node.module or ""
    path = _path(module)
    is_package = path is not None and path.name == "__init__.py"
    parts = module.split(".")
    above = parts[: len(parts) - node.level + is_package]
    return ".".join([*above, *([node.module] if node.module else [])])


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
