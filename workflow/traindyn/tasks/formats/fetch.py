"""Files of a data set: found in the data folder or downloaded from the first mirror that works; always checked."""

import gzip
import hashlib
import logging
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from traindyn.errors import InputError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DataFile:
    """A file of a data set: gzipped with the digest of its uncompressed content, since gzip containers vary, or not."""

    name: str
    sha256: str
    gzipped: bool = True


def read_checked(path: Path, sha256: str, *, gzipped: bool = True, advice: str = "remove it to download anew") -> bytes:
    """The content of a file, uncompressed where it is gzipped.

    Raises:
        InputError: if the file is missing, no gzip file, or its content has another digest.
    """
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if gzipped else content
    except FileNotFoundError as error:
        raise InputError(f"{path}: missing; run the workflow's data rule, or point data_dir at the folder") from error
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: not a readable {'gzip ' if gzipped else ''}file ({error})") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise InputError(f"{path}: its content has SHA-256 {found}, expected {sha256}; {advice}")
    return content


def obtain(file: DataFile, folder: Path, mirrors: Sequence[str]) -> str:
    """Check the file in `folder`, downloading it first if it is not there; return its digest.

    A download takes its name only after its content was checked, so a broken one never looks like data.

    Raises:
        InputError: if a present file is not the expected one, or no mirror delivers it.
    """
    path = folder / file.name
    if not path.exists():
        _download(file, folder, mirrors)
    read_checked(path, file.sha256, gzipped=file.gzipped)
    return file.sha256


def _download(file: DataFile, folder: Path, mirrors: Sequence[str]) -> None:
    import pooch

    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{file.name}.{os.getpid()}.partial"
    reasons = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{file.name}"
        logger.info("downloading %s", url)
        try:
            pooch.retrieve(url, known_hash=None, fname=partial.name, path=folder, progressbar=True)
            read_checked(partial, file.sha256, gzipped=file.gzipped)
        except (OSError, ValueError) as error:
            reasons.append(f"{url}: {error}")
            logger.warning("%s", reasons[-1])
            partial.unlink(missing_ok=True)
            continue
        partial.replace(folder / file.name)
        return
    raise InputError(f"{folder / file.name}: not there, and no mirror delivers it: {'; '.join(reasons)}")
