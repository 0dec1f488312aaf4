"""The one kind of error that is the user's to mend."""

from collections.abc import Iterator
from contextlib import contextmanager


class InputError(ValueError):
    """Bad input: a configuration key, a file, an argument.

    Its message is one line that names the file or key, what is wrong and what is allowed. Everything that
    a person runs prints that line without a traceback and ends with a non-zero exit status.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


@contextmanager
def under(key: str) -> Iterator[None]:
    """Put the key (or the file) that is being looked at before the message of an InputError."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{key}: {error}") from error
