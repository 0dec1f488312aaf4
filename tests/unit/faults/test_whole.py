"""Files appear whole or not at all, whoever else writes or wrote the same one."""

import errno

import pytest

from traindyn.errors import InputError
from traindyn.whole import check_writable, partial, whole


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with whole(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        temporary.write_text("whole")
    assert path.read_text() == "whole"
    assert names(path.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [KeyError("x"), OSError(errno.ENOSPC, "No space left on device")])
def test_after_an_error_the_old_file_stays_and_nothing_else(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises((KeyError, InputError)) as raised, whole(path) as temporary:
        temporary.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]
    if isinstance(error, OSError):
        assert str(raised.value) == f"{path}: cannot be written: No space left on device"


def test_a_folder_without_permission_is_named_before_a_run(tmp_path, monkeypatch):
    check_writable([tmp_path, tmp_path / "absent"])
    monkeypatch.setattr("os.access", lambda folder, mode: folder != tmp_path)
    with pytest.raises(InputError, match=f"^{tmp_path}: cannot be written: no permission"):
        check_writable([tmp_path])


def test_what_killed_writers_left_is_removed(tmp_path):
    left = partial(tmp_path / "a[1].txt")
    left.write_text("half")
    other = partial(tmp_path / "a.txt")
    other.write_text("another file's")
    with whole(tmp_path / "a[1].txt") as temporary:
        temporary.write_text("whole")
    assert names(tmp_path) == sorted(["a[1].txt", other.name])


def test_of_two_writers_of_one_file_the_first_is_told(tmp_path):
    """A node that was given up and goes on writing: it never had the same file open, and cannot replace the result."""
    path = tmp_path / "a.txt"
    with pytest.raises(InputError, match=r"a\.txt: cannot be written: No such file"), whole(path) as lost:
        lost.write_text("lost")
        with whole(path) as repeated:
            assert repeated != lost
            repeated.write_text("repeated")
    assert path.read_text() == "repeated"


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "folder").write_text("")
    with pytest.raises(InputError, match="cannot be written"), whole(tmp_path / "folder" / "a.txt"):
        pass
