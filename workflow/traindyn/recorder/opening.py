"""The journal that a recorder writes: a new one, or one to go on with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch.distributed
from torch import nn

from traindyn.errors import InputError
from traindyn.provenance import git_commit, versions
from traindyn.recorder.parameters import unwrapped
from traindyn.recording.journal import Header, Journal
from traindyn.recording.recovery import header_of, reopen


def is_first() -> bool:
    """Whether this process is the one that records: process 0 of those that train together."""
    together = torch.distributed.is_available() and torch.distributed.is_initialized()
    return not together or torch.distributed.get_rank() == 0


def opened(path: Path, header: Header, origin: Callable[[], dict[str, str]], *, resume: bool) -> Journal:
    """The journal of a recording, begun or found. One that begins is also told its origin.

    Raises:
        InputError: something is there and is not to be gone on with, or was recorded otherwise.
    """
    if not resume:
        if path.exists():
            raise InputError(f"{path}: is there already; resume=True goes on with it, it is never overwritten")
        return _begun(path, header, origin)
    if path.exists():
        _compare(path, header_of(path), header)
        return reopen(path)
    if not Journal.exists(path):
        return _begun(path, header, origin)
    journal = Journal.open(path)
    try:
        _compare(path, journal.header, header)
    except InputError:
        journal.close()
        raise
    return journal


def _begun(path: Path, header: Header, origin: Callable[[], dict[str, str]]) -> Journal:
    return Journal.begin(path, replace(header, attributes=header.attributes | origin()))


def _compare(path: Path, begun: Header, now: Header) -> None:
    for name, before, after in _differences(begun, now):
        raise InputError(f"{path}: cannot be resumed: it was begun with {name} = {before}, not {after}")


def _differences(begun: Header, now: Header) -> Iterator[tuple[str, object, object]]:
    for one, other in ((begun.plan, now.plan), (begun.layers, now.layers), (vars(begun), vars(now))):
        for name in {**one, **other}:
            before, after = one.get(name), other.get(name)
            # Versions and commits may change between the parts of a training.
            if before != after and name != "attributes":
                yield name, before, after


def attributes_of(model: nn.Module, label: str, configuration: Mapping[str, Any] | None) -> dict[str, str]:
    """Labels and configuration, as strings kept with the recording.

    Raises:
        InputError: a label that cannot be kept, or a configuration that is no JSON.
    """
    if not (label.isascii() and label.isprintable() and label.strip()):
        raise InputError(f"Recorder: label = {label!r}: must be printable ASCII")
    try:
        text = json.dumps(dict(configuration or {}))
    except (TypeError, ValueError) as error:
        raise InputError(f"Recorder: configuration: cannot be kept as JSON ({error})") from error
    kind = type(unwrapped(model)).__name__
    return {
        "configuration": text,
        "experiment": "recorder",
        "group": label,
        "architecture": kind,
        "optimizer": "unknown",
    }


def origin() -> dict[str, str]:
    """Versions, and the commit of the working directory: the code is the user's."""
    return {"versions": json.dumps(versions()), "git_commit": git_commit(Path.cwd())}
