"""Which parameters are recorded: patterns of their names."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from traindyn.errors import InputError

NAMED = 20  # in a message


def chosen(sizes: Mapping[str, int], patterns: Sequence[str], key: str) -> dict[str, int]:
    """Parameter name → number of weights, for the parameters that match a pattern (`*`, `?`, `[…]`), in their order.

    Args:
        sizes: all parameters, in the network's order.
        patterns: as in `output.weight` or `layer1.*`.
        key: what an error calls the patterns.

    Raises:
        InputError: if a pattern matches nothing.
    """
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in sizes):
            raise InputError(f"{key}: {pattern!r} matches no parameter; there are: {_listed(list(sizes))}")
    return {n: size for n, size in sizes.items() if any(fnmatchcase(n, pattern) for pattern in patterns)}


def _listed(names: Sequence[str]) -> str:
    more = f", … ({len(names)} in all)" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
