"""Experiments that fit another experiment's recordings anew."""

from collections.abc import Mapping
from typing import Any

from traindyn.config.companions import COMPANIONS

OWN = ("recordings_of", "title", "figure", "koopman", "comparison", "compared", "sensitivity", *COMPANIONS)


def written_out(experiments: Mapping[str, Any]) -> dict[str, Any]:
    """Raw experiments, in which one with `recordings_of` has all keys of the other but the koopman plan, the title,
    whether it is compared, the sensitivity and the companion systems, and is drawn as the other is.

    Raises:
        ValueError: the other does not exist or has no recordings of its own, or a key is given that the recordings
            have already decided.
    """
    return {
        name: _written_out(name, raw, experiments)
        if isinstance(raw, Mapping) and raw.get("recordings_of") is not None
        else raw
        for name, raw in experiments.items()
    }


def _written_out(name: str, raw: Mapping[str, Any], experiments: Mapping[str, Any]) -> dict[str, Any]:
    other = raw["recordings_of"]
    known = [
        key for key, value in experiments.items() if isinstance(value, Mapping) and value.get("recordings_of") is None
    ]
    if other not in known:
        raise ValueError(
            f"experiments.{name}.recordings_of = {other!r}: no experiment with recordings of its own has this name; "
            f"known: {', '.join(map(str, known))}"
        )
    decided = [str(key) for key in raw if key not in OWN]
    if decided:
        raise ValueError(
            f"experiments.{name}.{decided[0]}: decided by the recordings of {other}; allowed here: {', '.join(OWN)}"
        )
    own = ("koopman", "title", "compared", "sensitivity", *COMPANIONS)
    inherited = {key: value for key, value in experiments[other].items() if key not in own}
    # What was recorded elsewhere has a notebook by default.
    figure = {} if "recordings" in inherited else {"figure": other}
    return {**figure, **inherited, **raw}
