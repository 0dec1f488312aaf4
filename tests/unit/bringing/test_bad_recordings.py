"""Bad recordings and sheets: one clear line each, exit status 1, nothing written."""

import io
import json
import os
import pickle
import struct
import zipfile

import h5py
import numpy as np
import pytest
import safetensors.numpy
import torch
import yaml
import zarr
from formats_on_disk import STEPS, recording, state_dicts, trajectory

from traindyn.command.main import main

STRUCK = "struck"  # a file that only code hidden in a recording would write


class Trap:
    """What a pickle may do: here, write a file."""

    def __reduce__(self):
        return (open, (STRUCK, "w"))


def array_bytes(values) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def header(text: str, version: int = 1) -> bytes:
    """A .npy that begins with this header."""
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes((version, 0)) + length + text.encode("latin1")


def archive(path, members, compression=zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", compression) as made:
        for name, content in members:
            made.writestr(name, content)


# ---- one function for each bad recording: it writes into the working directory and returns the path ----


def missing(folder):
    return "nowhere.npy"


def unknown_kind(folder):
    (folder / "run.csv").write_text("1,2\n")
    return "run.csv"


def device(folder):
    (folder / "run.npy").symlink_to("/dev/zero")
    return "run.npy"


def one_dimension(folder):
    np.save("run.npy", np.arange(9.0))
    return "run.npy"


def four_dimensions(folder):
    np.save("run.npy", np.zeros((2, 3, 4, 5)))
    return "run.npy"


def no_weights(folder):
    np.save("run.npy", np.zeros((9, 0)))
    return "run.npy"


def complex_numbers(folder):
    np.save("run.npy", trajectory() + 1j)
    return "run.npy"


def texts(folder):
    np.save("run.npy", np.full((9, 3), "x"))
    return "run.npy"


def object_array(folder):
    np.save("run.npy", np.array([[Trap()]], dtype=object), allow_pickle=True)
    return "run.npy"


def object_array_in_npz(folder):
    np.savez("run.npz", weights=np.array([[Trap()]], dtype=object))
    return "run.npz"


def pickle_called_npy(folder):
    (folder / "run.npy").write_bytes(pickle.dumps(Trap()))
    return "run.npy"


def pickle_called_npz(folder):
    (folder / "run.npz").write_bytes(pickle.dumps(Trap()))
    return "run.npz"


def truncated_npy(folder):
    (folder / "run.npy").write_bytes(array_bytes(trajectory())[:-20])
    return "run.npy"


def code_in_npy_header(folder):
    (folder / "run.npy").write_bytes(
        header("{'descr': open('struck', 'w'), 'fortran_order': False, 'shape': (9, 3)}\n")
    )
    return "run.npy"


def enormous_npy_header(folder):
    text = "{'descr': '<f4', 'fortran_order': False, 'shape': (9, 3), }" + " " * 100_000 + "\n"
    (folder / "run.npy").write_bytes(header(text, version=2) + bytes(108))
    return "run.npy"


def enormous_npy_claim(folder):
    text = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 1000000), }\n"
    (folder / "run.npy").write_bytes(header(text) + bytes(800))
    return "run.npy"


def negative_npy_shape(folder):
    (folder / "run.npy").write_bytes(
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (-9, -3), }\n") + bytes(216)
    )
    return "run.npy"


def member_outside(folder):
    archive("run.npz", [("../../weights.npy", array_bytes(trajectory()))])
    return "run.npz"


def member_absolute(folder):
    archive("run.npz", [("/tmp/weights.npy", array_bytes(trajectory()))])
    return "run.npz"


def member_twice(folder):
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive("run.npz", [("weights.npy", array_bytes(trajectory()))] * 2)
    return "run.npz"


def zip_bomb(folder):
    text = "{'descr': '|u1', 'fortran_order': False, 'shape': (300, 1000000), }\n"
    with zipfile.ZipFile("run.npz", "w", zipfile.ZIP_DEFLATED) as made, made.open("weights.npy", "w") as member:
        member.write(header(text))
        for _ in range(300):
            member.write(bytes(1_000_000))
    return "run.npz"


def member_longer_than_announced(folder):
    archive("run.npz", [("weights.npy", array_bytes(trajectory()) + bytes(1000))])
    return "run.npz"


def flipped_byte_in_npz(folder):
    archive("run.npz", [("weights.npy", array_bytes(trajectory()))], zipfile.ZIP_STORED)
    damaged = bytearray((folder / "run.npz").read_bytes())
    damaged[250] ^= 1
    (folder / "run.npz").write_bytes(damaged)
    return "run.npz"


def which_array(folder):
    np.savez("run.npz", first=trajectory(), second=trajectory())
    return "run.npz"


def text_called_h5(folder):
    (folder / "run.h5").write_text("no HDF5")
    return "run.h5"


def h5_elsewhere(folder):
    np.arange(54.0).tofile("secret.bin")
    with h5py.File("run.h5", "w") as file:
        file.create_dataset("weights", (9, 6), "f8", external=[("secret.bin", 0, 432)])
    return "run.h5"


def h5_link(folder):
    with h5py.File("other.h5", "w") as file:
        file["weights"] = trajectory()
    with h5py.File("run.h5", "w") as file:
        file["weights"] = h5py.ExternalLink("other.h5", "weights")
    return "run.h5"


def h5_bomb(folder):
    with h5py.File("run.h5", "w") as file:
        file.create_dataset("weights", (10**9, 10**6), "f8", chunks=(1, 10**6))
    return "run.h5"


def damaged_recording(folder):
    recording(folder, trajectory(), name="run.h5")
    damaged = bytearray((folder / "run.h5").read_bytes())
    place = damaged.find(trajectory()[3].tobytes())
    damaged[place] ^= 1
    (folder / "run.h5").write_bytes(damaged)
    return "run.h5"


def zarr_pickle(folder):
    store = folder / "run.zarr"
    store.mkdir()
    description = {"zarr_format": 2, "shape": [9, 3], "chunks": [9, 3], "dtype": "<f8", "order": "C", "fill_value": 0}
    (store / ".zarray").write_text(json.dumps({**description, "compressor": None, "filters": [{"id": "pickle"}]}))
    (store / "0.0").write_bytes(pickle.dumps(Trap()))
    return "run.zarr"


def zarr_bomb(folder):
    zarr.create_array(folder / "run.zarr", shape=(10**7, 10**4), chunks=(10**3, 10**4), dtype="f8")
    return "run.zarr"


def code_in_state_dict(folder):
    (folder / "run").mkdir()
    for step in range(STEPS):
        torch.save({"w": torch.zeros(3), "trap": Trap()}, folder / "run" / f"step_{step}.pt")
    return "run"


def pickle_called_pt(folder):
    (folder / "run").mkdir()
    (folder / "run" / "step_1.pt").write_bytes(pickle.dumps({"w": Trap()}))
    return "run"


def no_state_dict(folder):
    (folder / "run").mkdir()
    torch.save([1, 2, 3], folder / "run" / "step_1.pt")
    return "run"


def stretched_tensor(folder):
    (folder / "run").mkdir()
    torch.save({"w": torch.zeros(1).expand(10**12)}, folder / "run" / "step_1.pt")
    return "run"


def checkpoints_differ(folder):
    path = state_dicts(folder, trajectory())
    torch.save({"model": {"fc.weight": torch.zeros(2, 3), "fc.bias": torch.zeros(2)}}, "torch/ckpt-5.pt")
    return path


def last_checkpoint_lacks_a_layer(folder):
    path = state_dicts(folder, trajectory())
    torch.save({"model": {"fc.weight": torch.zeros(2, 2)}}, f"torch/ckpt-{STEPS - 1}.pt")
    return path


def checkpoints_without_steps(folder):
    (folder / "run").mkdir()
    for name in ("first", "second"):
        safetensors.numpy.save_file({"w": np.zeros(3)}, folder / "run" / f"{name}.safetensors")
    return "run"


def checkpoints_of_one_step(folder):
    (folder / "run").mkdir()
    for name in ("a_7", "b_07"):
        safetensors.numpy.save_file({"w": np.zeros(3)}, folder / "run" / f"{name}.safetensors")
    return "run"


def mixed_checkpoints(folder):
    (folder / "run").mkdir()
    safetensors.numpy.save_file({"w": np.zeros(3)}, folder / "run" / "1.safetensors")
    torch.save({"w": torch.zeros(3)}, folder / "run" / "2.pt")
    return "run"


def enormous_safetensors_header(folder):
    (folder / "run").mkdir()
    (folder / "run" / "1.safetensors").write_bytes(struct.pack("<Q", 1 << 60) + b"{}")
    return "run"


def empty_folder(folder):
    (folder / "run").mkdir()
    return "run"


def too_short(folder):
    np.save("run.npy", trajectory()[:5])
    return "run.npy"


RECORDINGS = {
    missing: "nowhere.npy: no such file",
    unknown_kind: "run.csv: unknown kind of file; allowed: .npy, .npz",
    device: "run.npy: no such file",
    one_dimension: "run.npy: shape (9,); needed is (step, weight)",
    four_dimensions: "run.npy: shape (2, 3, 4, 5); needed is",
    no_weights: "run.npy: shape (9, 0); needed is",
    complex_numbers: "run.npy: values of type complex64; allowed are real numbers",
    texts: "run.npy: values of type <U1; allowed are real numbers",
    object_array: "run.npy: an array of Python objects (a pickle), which is never loaded",
    object_array_in_npz: "run.npz, array 'weights': an array of Python objects (a pickle)",
    pickle_called_npy: "run.npy: no array of NumPy's .npy format",
    pickle_called_npz: "run.npz: not a .npz archive",
    truncated_npy: "run.npy: 396 bytes, but its header announces 416: truncated",
    code_in_npy_header: "run.npy: no array of NumPy's .npy format",
    enormous_npy_header: "run.npy: no array of NumPy's .npy format (Header info length",
    enormous_npy_claim: "but its header announces 8,000,000,000,000,000,0",
    negative_npy_shape: "run.npy: shape (-9, -3) in its header",
    member_outside: "run.npz: member '../../weights.npy' is not an array",
    member_absolute: "run.npz: member '/tmp/weights.npy' is not an array",
    member_twice: "run.npz: member 'weights.npy' is in the archive twice",
    zip_bomb: "run.npz, array 'weights': claims 300,000,000 bytes of values in",
    member_longer_than_announced: "run.npz, array 'weights': 1,416 bytes, but its header announces 416",
    flipped_byte_in_npz: "Bad CRC-32",
    which_array: "run.npz: several arrays (first, second) could be meant, name one as key",
    text_called_h5: "run.h5: damaged, truncated or no HDF5 file",
    h5_elsewhere: "run.h5, array '/weights': its values lie in other files",
    h5_link: "run.h5: no array; needed is (step, weight)",
    h5_bomb: "run.h5, array '/weights': claims 8,000,000,000,000,000 bytes of values in 0 stored ones",
    damaged_recording: "run.h5: damaged recording: weights cannot be read",
    zarr_pickle: "run.zarr/.zarray: codec 'pickle'; allowed are those that only hold numbers",
    zarr_bomb: "run.zarr: claims 800,000,000,000 bytes of values in",
    code_in_state_dict: "run/step_0.pt: no weights that can be loaded without running code",
    pickle_called_pt: "run/step_1.pt: no weights that can be loaded without running code",
    no_state_dict: "run/step_1.pt: holds list; needed is a state dict",
    stretched_tensor: "run/step_1.pt: claims 4,000,000,000,000 bytes of values in",
    checkpoints_differ: "torch/ckpt-5.pt: parameter 'fc.weight' has shape (2, 3); in ckpt-0.pt it has shape (2, 2)",
    last_checkpoint_lacks_a_layer: "torch/ckpt-11.pt: parameter 'fc.bias' is missing; in ckpt-0.pt it has shape (2,)",
    checkpoints_without_steps: "run/first.safetensors: no step in its name",
    checkpoints_of_one_step: "run/b_07.safetensors: step 7 by its name, like run/a_7.safetensors",
    mixed_checkpoints: "run: files of the kinds .pt, .safetensors; needed is one of",
    enormous_safetensors_header: "run/1.safetensors: damaged or no safetensors file",
    empty_folder: "run: no checkpoint there; allowed: .safetensors, .pt",
    too_short: "the shortest recording has 5 steps, 4 delays need 6",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "temporary").mkdir()
    return tmp_path


def files(folder) -> set[str]:
    return {os.path.relpath(path, folder) for path in folder.rglob("*")}


def only_line(capsys) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("traindyn: ")
    assert len(line) < 700
    return line


@pytest.mark.parametrize("make", RECORDINGS, ids=lambda make: make.__name__)
def test_a_bad_recording_ends_with_one_line_and_leaves_nothing(folder, capsys, make):
    np.save("good.npy", trajectory())
    bad = make(folder)
    before = files(folder)
    assert main(["compare", "good.npy", f"bad={bad}", "--delays", "4", "--quiet"]) == 1
    assert RECORDINGS[make] in only_line(capsys)
    assert files(folder) == before


GOOD = "label\tseed\tpath\na\t0\tgood.npy\na\t1\tgood.npy\nb\t0\tgood.npy\n"
SHEETS = {
    "no sheet": (None, ["recordings.tsv: no sheet of recordings can be read"]),
    "binary": (b"\x89PNG\r\n\x1a\n\xff\xfe", ["recordings.tsv", "it is not UTF-8 text"]),
    "empty": ("# nothing\n\n", ["the sheet is empty", "label, seed, path"]),
    "header alone": ("label\tseed\tpath\n", ["names columns, but no recording"]),
    "commas": ("label,seed,path\na,0,good.npy\n", ["the first line has no tab"]),
    "unknown column": ("label\tseed\tpath\tdelays\na\t0\tgood.npy\t3\n", ["unknown column 'delays'; allowed: label"]),
    "missing column": ("label\tpath\na\tgood.npy\n", ["column 'seed' is missing; needed: label, seed, path"]),
    "column twice": ("label\tseed\tpath\tseed\na\t0\tgood.npy\t1\n", ["column 'seed' stands there twice"]),
    "too many cells": (f"{GOOD}b\t1\tgood.npy\t7\n", ["line 5: 4 cells, but 3 columns"]),
    "empty label": (f"{GOOD}\t1\tgood.npy\n", ["line 5: label missing"]),
    "hostile label": (f"{GOOD}../../x\t1\tgood.npy\n", ["line 5: label '../../x'", "pattern"]),
    "shell in a label": (f"{GOOD}$(id)\t1\tgood.npy\n", ["line 5: label '$(id)'", "pattern"]),
    "seed is no number": (f"{GOOD}b\tone\tgood.npy\n", ["line 5: seed 'one'", "integer"]),
    "negative seed": (f"{GOOD}b\t-1\tgood.npy\n", ["line 5: seed '-1'", "greater than or equal to 0"]),
    "enormous seed": (f"{GOOD}b\t99999999999999999999\tgood.npy\n", ["line 5: seed '99999999999999999999'"]),
    "duplicate": (f"{GOOD}a\t1\tgood.npy\n", ["lines 3 and 5 are both seed 1 of 'a'", "column replica"]),
    "path missing": (f"{GOOD}b\t1\n", ["line 5: path missing"]),
    "control character": (f"{GOOD}b\t1\tgo\x07od.npy\n", ["line 5: path", "pattern"]),
    "missing file": (f"{GOOD}b\t1\tnone.npy\n", ["recordings.tsv: b, seed 1: none.npy: no such file"]),
    "too short": (f"{GOOD}b\t1\tshort.npy\n", ["4 delays need at least 6 recorded steps", "has 5 (b, seed 1)"]),
    "too few for the modes": (f"{GOOD}b\t1\tnarrow.npy\n", ["koopman.modes = 6: at most 5 for 1 recorded weights"]),
    "unknown key": ("label\tseed\tpath\tkey\na\t0\tgood.npz\tw\n", ["good.npz: no array 'w'; there are: weights"]),
    "bad every": ("label\tseed\tpath\tevery\na\t0\tgood.npy\t0\n", ["line 2: every '0'", "greater than or equal to 1"]),
    "start after the end": ("label\tseed\tpath\tstart\tstop\na\t0\tgood.npy\t9\t3\n", ["no step from 9 to 3"]),
    "replica of several": (
        "label\tseed\tpath\treplica\na\t0\treplicas.npy\t0\n",
        ["replicas.npy: holds 2 replicas, but its row numbers it as one"],
    ),
    "replica and none": (
        "label\tseed\tpath\treplica\na\t0\tgood.npy\t\na\t0\tgood.npy\t1\n",
        ["lines 2 and 3 are both seed 0 of 'a'"],
    ),
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_bad_sheet_ends_with_one_line(folder, capsys, name):
    content, words = SHEETS[name]
    np.save("good.npy", trajectory())
    np.savez("good.npz", weights=trajectory())
    np.save("short.npy", trajectory()[:5])
    np.save("narrow.npy", trajectory()[:, :1])
    np.save("replicas.npy", trajectory(replicas=2))
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "recordings.ipynb").write_text("{}")
    experiment = {"recordings": "recordings.tsv", "koopman": {"delays": 4, "modes": 6}}
    (folder / "study.yaml").write_text(yaml.safe_dump({"experiments": {"mine": experiment}}))
    (folder / "recordings.tsv").write_text(GOOD)
    assert main(["validate", "study.yaml"]) == 0
    capsys.readouterr()
    if content is None:
        (folder / "recordings.tsv").unlink()
    else:
        (folder / "recordings.tsv").write_bytes(content if isinstance(content, bytes) else content.encode())
    before = files(folder)
    assert main(["validate", "study.yaml"]) == 1
    line = only_line(capsys)
    for word in ("study.yaml: experiments.mine", *words):
        assert word in line
    assert files(folder) == before


CONFIGURATIONS = {
    "a key of trainings": ({"seeds": 4}, "experiments.mine.seeds: unknown key"),
    "parts of several seeds": (
        {"koopman": {"delays": 2, "parts": 2}},
        "koopman.parts = 2: only for single seeds; 'a' has",
    ),
    "mispaired": (
        {"koopman": {"delays": 2, "unlagged_from": {"a": "b"}}},
        "koopman.unlagged_from: is for trainings that the workflow runs itself",
    ),
    "window outside": ({"koopman": {"delays": 2, "windows": [[20, 30]]}}, "[20, 30) holds no recorded step"),
    "lengths for some": ({"koopman": {"delays": 2, "window_length": {"a": 6}}}, "no length for group 'b'"),
    "no text": ({"recordings": 7}, "experiments.mine.recordings = 7: Input should be a valid string"),
    "no sheet": ({"recordings": None}, "experiments.mine.recordings = None: Input should be a valid string"),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_bad_plan_for_a_sheet_ends_with_one_line(folder, capsys, name):
    change, words = CONFIGURATIONS[name]
    np.save("good.npy", trajectory(replicas=2))
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "recordings.ipynb").write_text("{}")
    (folder / "recordings.tsv").write_text(GOOD)
    experiment = {"recordings": "recordings.tsv", "koopman": {"delays": 4, "modes": 6}} | change
    (folder / "study.yaml").write_text(yaml.safe_dump({"experiments": {"mine": experiment}}))
    assert main(["validate", "study.yaml"]) == 1
    assert words in only_line(capsys)
