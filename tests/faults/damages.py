"""Ways in which a file that a run left can be damaged."""

import os
import random
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path, Path, random.Random], None]


def _truncated(path: Path, _: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(1, path.stat().st_size))


def _empty(path: Path, _: Path, chance: random.Random) -> None:
    os.truncate(path, 0)


def _flip(path: Path, at: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)


def _flipped(where: float) -> Damage:
    """One bit, somewhere in the tenth of the file that begins at this part of it."""

    def damage(path: Path, _: Path, chance: random.Random) -> None:
        size = path.stat().st_size
        _flip(path, min(size - 1, int(size * (where + chance.random() / 10))), chance.randrange(8))

    return damage


def _garbage(path: Path, _: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(path.stat().st_size))


def _replaced(path: Path, other: Path, chance: random.Random) -> None:
    path.write_bytes(other.read_bytes())


def _replaced_and_old(path: Path, other: Path, chance: random.Random) -> None:
    """As a copy that keeps its time: nothing looks newer than what was made from it."""
    path.write_bytes(other.read_bytes())
    os.utime(path, (1e9, 1e9))


DAMAGES: dict[str, Damage] = {
    "truncated": _truncated,
    "empty": _empty,
    "bit flipped at the start": _flipped(0.0),
    "bit flipped in the middle": _flipped(0.45),
    "bit flipped at the end": _flipped(0.9),
    "garbage": _garbage,
    "another job's file": _replaced,
    "another job's file, old": _replaced_and_old,
}


def kind(name: str) -> str:
    """Of which kind is a file of results?"""
    path = Path(name)
    if path.suffix == ".h5":
        return "recording" if "recordings" in path.parts else "fit"
    return path.name if path.parts[1] not in ("figures", "notebooks") else f"{path.parts[1]}, {path.suffix[1:]}"


def other_of(name: str, names: list[str]) -> str:
    """A file of the same kind by its ending, or any."""
    alike = [n for n in names if n != name and Path(n).suffix == Path(name).suffix]
    return (alike or [n for n in names if n != name])[0]
