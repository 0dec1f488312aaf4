"""Does every part of a configuration fit the others? Asked before any job starts."""

from traindyn.validation.configuration import validate

__all__ = ["validate"]
