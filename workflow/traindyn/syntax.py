"""What a module's source says, comments and docstrings aside: a hash of its syntax tree, and what it imports."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Syntax:
    """The hash, and imported names as they are written: `a.b`, or `.b` and `..b` from the package's own folders."""

    hash: str
    imports: tuple[str, ...]


def read_syntax(source: bytes) -> Syntax:
    """Parse a module.

    Raises:
        SyntaxError: it is no Python.
    """
    tree = ast.parse(source)
    statements = list(_statements(tree))
    imports = sorted({name for statement in statements for name in _imported(statement)})
    for node in (tree, *statements):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_docstring(statement)]
    return Syntax(hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(imports))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements, and the handlers and cases that hold some. Not their expressions, which are many more."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, block, [])
            # That of a lambda is an expression, but none is reached.
            waiting += inner
            yield from inner


def _imported(statement: ast.AST) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        origin = "." * statement.level + (statement.module or "")
        yield origin
        separator = "" if origin.endswith(".") else "."
        yield from (f"{origin}{separator}{alias.name}" for alias in statement.names)


def _is_docstring(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
