"""Which of a file's arrays is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traindyn.errors import InputError

USUAL = "weights"


def which_array(
    source: str, shapes: Mapping[str, Sequence[int] | None], key: str | None, but: str | None = None
) -> str:
    """The array called `key`; without a key `weights`, or the only one that can be trajectories and is not `but`.

    Raises:
        InputError: there is none, or there are several and no key.
    """
    known = ", ".join(sorted(shapes)) or "none"
    if key is not None:
        if key not in shapes:
            raise InputError(f"{source}: no array {key!r}; there are: {known}")
        return key
    fit = [name for name, shape in shapes.items() if shape is not None and len(shape) in (2, 3) and name != but]
    if USUAL in fit:
        return USUAL
    if len(fit) != 1:
        told = f"several arrays ({', '.join(sorted(fit))}) could be meant, name one as key" if fit else "no array"
        raise InputError(f"{source}: {told}; needed is (step, weight) or (replica, step, weight), arrays: {known}")
    return fit[0]
