"""The binary version of CIFAR-10: per image one label byte, then 3,072 pixel bytes, channel by channel, row by row."""

import io
import tarfile
import zlib

import numpy as np

from traindyn.errors import InputError

SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32
CLASSES = 10


def parse_cifar(content: bytes, source: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (image, 3, 32, 32) and labels (image,), both unsigned bytes.

    Raises:
        InputError: naming `source`, if the content is no whole number of images, none, or has other labels than 0 to 9.
    """
    if not content or len(content) % RECORD:
        raise InputError(f"{source}: {len(content)} bytes are no whole number of CIFAR-10 images ({RECORD} bytes each)")
    records = np.frombuffer(content, dtype=np.uint8).reshape(-1, RECORD)
    labels = records[:, 0]
    if labels.max() >= CLASSES:
        raise InputError(f"{source}: label {labels.max()}, must be 0 to {CLASSES - 1}")
    return records[:, 1:].reshape(-1, *SHAPE), labels


def read_member(archive: bytes, member: str, source: str) -> bytes:
    """One file of a gzipped tar archive, read in memory.

    Nothing is ever extracted to the disk, so that no name in an archive can lead out of a folder.

    Raises:
        InputError: naming `source`, if there is no such regular file or the archive cannot be read.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            file = next((tar.extractfile(info) for info in tar if info.name == member and info.isreg()), None)
            if file is None:
                raise InputError(f"{source}: there is no file {member} in the archive")
            return file.read()
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise InputError(f"{source}: not a readable archive ({error})") from error
