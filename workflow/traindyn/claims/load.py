"""A YAML file → claims; whatever is wrong becomes one line."""

from pathlib import Path
from typing import Any

import yaml

from traindyn.claims.claim import ClaimsFile
from traindyn.config.load import checked, read_mapping


class _UniqueKeys(yaml.SafeLoader):
    """Says so where a key stands twice: the first claim would vanish without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        for twice in {name for name in names if isinstance(name, str) and names.count(name) > 1}:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_claims(path: str | Path) -> ClaimsFile:
    """Read and check a file of claims.

    Raises:
        InputError: the file cannot be read, is no YAML mapping, or has a wrong key or value; one line names it.
    """
    return checked(ClaimsFile, read_mapping(path, "the keys title and claims", _UniqueKeys), str(path))
