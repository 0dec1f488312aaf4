"""Unfinished recordings: readable whenever their process ends, cut where a training goes back, never mixed up."""

import os
import subprocess
import sys
from multiprocessing import get_context

import numpy as np
import pytest

from traindyn.command.main import main
from traindyn.errors import InputError
from traindyn.recording import open_recording
from traindyn.recording.journal import Header, Journal
from traindyn.recording.layout import unfinished
from traindyn.recording.recovery import finish, recover, reopen

HEADER = Header({"a.weight": 3, "b": 1}, "float32", 4, {"layers": "*", "when": "every(1)"}, {"group": "g"})


def row(step):
    return np.arange(4, dtype=np.float32) + 10 * step


def begun(path, steps=(0, 1, 2, 5), **scalars):
    journal = Journal.begin(path, HEADER)
    for step in steps:
        journal.append(step, {"train_loss": step / 2, **{k: v for k, v in scalars.items() if step % 2}}, row(step))
    return journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.h5"


def test_a_journal_becomes_the_recording(path):
    journal = begun(path, accuracy=0.5, test_loss=3.0)
    finish(journal, path)
    journal.remove()
    assert [file.name for file in path.parent.iterdir()] == ["run.h5"]
    with open_recording(path) as recording:
        assert recording.steps.tolist() == [0, 1, 2, 5]
        assert (recording.seeds.tolist(), recording.replicas) == ([4], 1)
        assert recording.layers == HEADER.layers
        np.testing.assert_array_equal(recording.trajectories(4)[0], np.stack([row(s) for s in (0, 1, 2, 5)]))
        np.testing.assert_array_equal(recording.scalars("train_loss"), [[[0, 0.5, 1, 2.5]]])
        np.testing.assert_array_equal(recording.scalars("accuracy"), [[[np.nan, 0.5, np.nan, 0.5]]])
        assert recording.test_steps.tolist() == [1, 5]
        np.testing.assert_array_equal(recording.scalars("test_loss"), [[[3.0, 3.0]]])


def test_reading_a_finished_recording_back_gives_the_same_journal(path):
    journal = begun(path, accuracy=0.5, test_accuracy=3.0)
    journal.diverge(5)
    finish(journal, path)
    journal.close()  # as if killed between the recording's end and the journal's
    content = path.read_bytes()
    again = reopen(path)
    assert not path.exists()
    assert again.header.plan == HEADER.plan
    again.append(6, {"train_loss": 1.0}, row(6))
    again.cut(6)
    finish(again, path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(("step", "kept"), [(0, []), (1, [0]), (3, [0, 1, 2]), (5, [0, 1, 2]), (6, [0, 1, 2, 5])])
@pytest.mark.parametrize("closed", [False, True])
def test_going_back_drops_that_step_and_later_ones(path, step, kept, closed):
    journal = begun(path)
    if closed:
        journal.close()
        journal = Journal.open(path)
    journal.cut(step)
    journal.append(step, {"other": 1.0}, row(7))
    journal.close()
    looked = Journal.look(path)
    assert looked.steps.tolist() == [*kept, step]
    np.testing.assert_array_equal(list(looked.values()), [*(row(s) for s in kept), row(7)])
    assert looked.scalars["other"].tolist()[-1] == 1


@pytest.mark.parametrize(("step", "expected"), [(3, -1), (4, -1), (5, 4), (6, 4)])
def test_a_divergence_between_records_goes_with_its_step(path, step, expected):
    journal = begun(path, (0, 1, 2))
    journal.diverge(4)
    journal.append(5, {}, row(5))
    journal.diverge(5)
    for _ in range(2):
        journal.cut(step)
        assert journal.diverged_step == expected
        journal.close()
        journal = Journal.open(path)
        assert journal.diverged_step == expected


def test_cut_off_anywhere_it_keeps_what_is_whole(path):
    begun(path).close()
    file = unfinished(path)
    content = file.read_bytes()
    counts = []
    for length in range(len(content), -1, -7):
        file.write_bytes(content[:length])
        if not Journal.exists(path):
            counts.append(0)
            continue
        journal = Journal.open(path)
        counts.append(len(journal.steps))
        np.testing.assert_array_equal(list(journal.values()), [row(s) for s in journal.steps])
        # What is added stands where the torn record began.
        journal.append(9, {}, row(9))
        journal.close()
        assert Journal.look(path).steps.tolist()[-1] == 9
    assert sorted(set(counts)) == [0, 1, 2, 3, 4]
    assert counts == sorted(counts, reverse=True)


def test_an_empty_one_is_in_nobodys_way(path):
    for content in (b"", b"TDYN", unfinished_header(path)):
        unfinished(path).write_bytes(content)
        assert not Journal.exists(path)
        begun(path).close()
        assert len(Journal.look(path).steps) == 4


def unfinished_header(path):
    Journal.begin(path, HEADER).close()
    return unfinished(path).read_bytes()


def test_one_writer_at_a_time(path):
    journal = begun(path)
    for attempt in (Journal.open, lambda p: Journal.begin(p, HEADER), recover):
        with pytest.raises(InputError, match="another recorder has it open"):
            attempt(path)
    assert len(Journal.look(path).steps) == 4
    journal.close()
    with pytest.raises(InputError, match="is there already; continue it, finish it or remove it"):
        Journal.begin(path, HEADER)
    Journal.open(path).close()


def hold(connection):
    connection.send("forked")
    connection.recv()


def test_a_forked_process_does_not_hold_the_lock(path):
    """As loaders of data do that outlive, for seconds, a process that was killed."""
    context = get_context("fork")
    mine, theirs = context.Pipe()
    journal = begun(path)
    child = context.Process(target=hold, args=(theirs,), daemon=True)
    child.start()
    mine.recv()
    journal.close()
    Journal.open(path).close()
    mine.send("end")
    child.join()
    assert child.exitcode == 0


def test_recover_beside_a_running_training(path):
    journal = begun(path)
    found = recover(path, to=path.with_name("look.h5"))
    assert (found.steps, found.first, found.last, found.lost_bytes) == (4, 0, 5, 0)
    journal.append(6, {}, row(6))
    journal.close()
    assert recover(unfinished(path)).last == 6
    assert sorted(file.name for file in path.parent.iterdir()) == ["look.h5", "run.h5"]
    with pytest.raises(InputError, match="is there already; it is never overwritten"):
        recover(path, to=path.with_name("look.h5"))
    with pytest.raises(InputError, match="no such unfinished recording"):
        recover(path.with_name("none.h5"))


def test_bytes_that_are_no_record_are_counted(path):
    begun(path).close()
    with unfinished(path).open("ab") as file:
        file.write(b"TDYN torn")
    assert recover(path).lost_bytes == 9


def test_unfinished_recordings_are_said_to_be_so(path):
    begun(path).close()
    for name in (path, unfinished(path)):
        with pytest.raises(InputError, match=r"unfinished: .*traindyn.recover\('.*run.h5'\)"), open_recording(name):
            pass


@pytest.mark.parametrize("content", [b"not a journal, but longer than a head of one", b"\x89HDF\r\n\x1a\n" + bytes(99)])
def test_foreign_files_are_neither_read_nor_overwritten(path, content):
    unfinished(path).write_bytes(content)
    for attempt in (Journal.open, Journal.look, recover):
        with pytest.raises(InputError, match="damaged, empty or not an unfinished recording"):
            attempt(path)
    with pytest.raises(InputError, match="is there already"):
        Journal.begin(path, HEADER)
    assert unfinished(path).read_bytes() == content


def test_a_full_disk_ends_with_one_line_and_keeps_what_was_there(path, monkeypatch):
    journal = begun(path)
    monkeypatch.setattr(os, "writev", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\); what was recorded before"):
        journal.append(7, {}, row(7))
    monkeypatch.undo()
    journal.close()
    assert recover(path).last == 5


def test_recovery_needs_no_torch():
    code = "import sys; from traindyn import recover; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_command_recovers_and_says_what_there_was(path, capsys):
    begun(path).close()
    with unfinished(path).open("ab") as file:
        file.write(b"TDYN torn")
    look = path.with_name("look.h5")
    assert main(["recover", str(path), "--to", str(look)]) == 0
    said = f"{look}: 4 recorded steps, 0 to 5\nleft out: 9 bytes at the end that are no whole record\n"
    assert capsys.readouterr().out == said
    assert main(["recover", str(path)]) == 0
    assert not unfinished(path).exists()
    assert main(["recover", str(path)]) == 1
    assert "run.h5: is there already" in capsys.readouterr().err
