"""Recordings that exist already → recordings of this project."""

from traindyn.bringing.convert import bring, write
from traindyn.bringing.opening import files_of, opened
from traindyn.bringing.source import ArraySource, Source

__all__ = ["ArraySource", "Source", "bring", "files_of", "opened", "write"]
