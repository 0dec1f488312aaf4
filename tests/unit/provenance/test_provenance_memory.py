"""What is remembered between runs comes back as it was, and what is wrong is worked out anew."""

import pytest

from traindyn.errors import InputError
from traindyn.memory import Memory


def never():
    raise AssertionError("it was remembered")


def test_a_value_is_computed_once_and_remembered(tmp_path):
    file = tmp_path / "memory"
    first = Memory(file)
    assert first.recall("a", lambda: ["x", 1]) == ["x", 1]
    assert first.recall("a", never) == ["x", 1]
    first.keep()
    assert Memory(file).recall("a", never) == ["x", 1]


def test_what_raises_is_not_remembered(tmp_path):
    memory = Memory(tmp_path / "memory")

    def wrong():
        raise InputError("wrong")

    with pytest.raises(InputError):
        memory.recall("a", wrong)
    assert memory.recall("a", lambda: "right") == "right"


def test_what_nobody_asks_for_is_forgotten(tmp_path):
    file = tmp_path / "memory"
    first = Memory(file)
    for key in ("a", "b"):
        first.recall(key, lambda: True)
    first.keep()
    second = Memory(file)
    second.recall("a", never)
    second.keep()
    assert Memory(file).recall("b", lambda: "anew") == "anew"


@pytest.mark.parametrize("damage", [lambda b: b[:-3], lambda b: b.replace(b"old", b"odd"), lambda b: b"\xff" + b])
def test_a_damaged_file_is_as_good_as_none(tmp_path, damage):
    file = tmp_path / "memory"
    first = Memory(file)
    first.recall("a", lambda: "old")
    first.keep()
    file.write_bytes(damage(file.read_bytes()))
    assert Memory(file).recall("a", lambda: "new") == "new"


def test_no_folder_no_file(tmp_path):
    memory = Memory(tmp_path / "absent" / "memory")
    memory.recall("a", lambda: True)
    memory.keep()
    assert list(tmp_path.iterdir()) == []
    Memory().keep()
