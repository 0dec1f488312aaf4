"""The same trajectories in every format that a sheet may name."""

import json
from pathlib import Path

import h5py
import numpy as np
import safetensors.numpy
import torch
import xarray
import zarr

from traindyn.recording import RecordingWriter

STEPS, WEIGHTS = 12, 6
SHAPES = {"fc.weight": (2, 2), "fc.bias": (2,)}


def trajectory(seed: int = 0, replicas: int | None = None, dtype: str = "float32") -> np.ndarray:
    """(step, weight), or (replica, step, weight): decays and rotations that any fit can follow."""
    draw = np.random.default_rng(seed)
    t = np.arange(STEPS)[:, None]
    count = replicas or 1
    start = draw.normal(size=(count, 1, WEIGHTS)) + 2
    values = start * np.array([1, 0.95, 0.9, 0.8, 0.7, 0.6]) ** t + 1e-3 * draw.normal(size=(count, STEPS, WEIGHTS))
    return (values if replicas else values[0]).astype(dtype)


def npy(folder: Path, values: np.ndarray) -> str:
    np.save(folder / "run.npy", values)
    return "run.npy"


def npy_fortran(folder: Path, values: np.ndarray) -> str:
    np.save(folder / "fortran.npy", np.asfortranarray(values))
    return "fortran.npy"


def npz(folder: Path, values: np.ndarray) -> str:
    np.savez(folder / "run.npz", weights=values, other=np.arange(3))
    return "run.npz"


def npz_packed(folder: Path, values: np.ndarray) -> str:
    np.savez_compressed(folder / "packed.npz", trajectory=values)
    return "packed.npz"


def hdf5(folder: Path, values: np.ndarray) -> str:
    with h5py.File(folder / "run.h5", "w") as file:
        file.create_dataset("inner/weights", data=values, compression="gzip")
    return "run.h5"


def netcdf(folder: Path, values: np.ndarray) -> str:
    dimensions = ("replica", "step", "weight")[-values.ndim :]
    xarray.Dataset({"weights": (dimensions, values)}).to_netcdf(folder / "run.nc", engine="h5netcdf")
    return "run.nc"


def zarr_3(folder: Path, values: np.ndarray) -> str:
    zarr.save_array(folder / "run.zarr", values)
    return "run.zarr"


def zarr_2(folder: Path, values: np.ndarray) -> str:
    group = zarr.open_group(folder / "group.zarr", mode="w", zarr_format=2)
    group.create_array("weights", data=values)
    return "group.zarr"


def parts_of(row: np.ndarray) -> dict[str, np.ndarray]:
    """One step's weights as named parameters, in the order of SHAPES."""
    return {"fc.weight": row[:4].reshape(2, 2), "fc.bias": row[4:]}


def safetensors_folder(folder: Path, values: np.ndarray) -> str:
    (folder / "safe").mkdir()
    for step, row in enumerate(values):
        tensors = {name: np.ascontiguousarray(part) for name, part in parts_of(row).items()}
        safetensors.numpy.save_file(tensors, folder / "safe" / f"step_{step}.safetensors")
    return "safe"


def state_dicts(folder: Path, values: np.ndarray) -> str:
    (folder / "torch").mkdir()
    for step, row in enumerate(values):
        tensors = {name: torch.tensor(part) for name, part in parts_of(row).items()}
        torch.save({"model": tensors, "epoch": step}, folder / "torch" / f"ckpt-{step}.pt")
    return "torch/ckpt-*.pt"


def legacy_state_dicts(folder: Path, values: np.ndarray) -> str:
    """Hugging Face's layout, the step in the folder's name, in torch's old file format."""
    for step, row in enumerate(values):
        (folder / "hf" / f"checkpoint-{step}").mkdir(parents=True)
        tensors = {name: torch.tensor(part) for name, part in parts_of(row).items()}
        path = folder / "hf" / f"checkpoint-{step}" / "pytorch_model.bin"
        torch.save(tensors, path, _use_new_zipfile_serialization=False)
    return "hf/checkpoint-*/pytorch_model.bin"


def recording(folder: Path, values: np.ndarray, seeds: tuple[int, ...] = (0,), name: str = "recording.h5") -> str:
    """A recording of this project, of which each seed has the same trajectories plus its number."""
    stacked = values[None] if values.ndim == 2 else values
    layers = {"fc.weight": 4, "fc.bias": 2}
    names = {"experiment": "x", "architecture": "mlp", "optimizer": "sgd", "group": "recorded"}
    attributes = {**names, "versions": json.dumps({"traindyn": "0"}), "git_commit": "abc"}
    sizes = {"seeds": list(seeds), "replicas": len(stacked), "steps": range(STEPS)}
    with RecordingWriter(folder / name, layers=layers, dtype=str(values.dtype), attributes=attributes, **sizes) as file:
        for step in range(STEPS):
            each = np.stack([stacked[:, step] + seed for seed in seeds]).astype(values.dtype)
            file.write(each, np.full((len(seeds), len(stacked)), 1.0 / (1 + step)))
        file.close(np.full((len(seeds), len(stacked)), -1))
    return name


ARRAYS = {f.__name__: f for f in (npy, npy_fortran, npz, npz_packed, hdf5, netcdf, zarr_3, zarr_2, recording)}
SERIES = {f.__name__: f for f in (safetensors_folder, state_dicts, legacy_state_dicts)}
ALL = ARRAYS | SERIES
