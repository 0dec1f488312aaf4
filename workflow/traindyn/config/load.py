"""Raw values → typed configuration; whatever is wrong becomes one line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from traindyn.config.schema import Config
from traindyn.errors import InputError

Model = TypeVar("Model", bound=BaseModel)
MARKERS = ("[key]", "[trained]", "[brought]")


def load_config(raw: Mapping[str, Any], source: str = "configuration") -> Config:
    """Check raw values against the schema.

    Raises:
        InputError: naming the first wrong key, its value and what is allowed.
    """
    return checked(Config, raw, source)


def read_config(path: str | Path) -> Config:
    """Read a YAML file and check it; errors as `load_config`, and for a file that is no YAML mapping."""
    return load_config(read_mapping(path, "the key experiments"), str(path))


def read_mapping(path: str | Path, content: str, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises:
        InputError: the file cannot be read or is no YAML mapping; `content` says what one must hold.
    """
    try:
        raw = yaml.load(Path(path).read_text(encoding="utf-8"), loader)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(raw, dict):
        raise InputError(f"{path}: must be a mapping with {content}")
    return raw


def checked(model: type[Model], raw: Mapping[str, Any], source: str) -> Model:
    """Validate `raw` as `model`, or raise the one-line InputError."""
    try:
        return model.model_validate(dict(raw))
    except ValidationError as error:
        raise InputError(f"{source}: {_first(error.errors(include_url=False))}") from error


def _first(errors: list[ErrorDetails]) -> str:
    line = _line(errors[0])
    return line if len(errors) == 1 else f"{line} (and {len(errors) - 1} more)"


def _line(error: ErrorDetails) -> str:
    # Keys of dictionaries carry the marker "[key]" in pydantic's location: the key itself is what is wrong. The two
    # kinds of experiments have markers of their own.
    key = ".".join(str(part) for part in error["loc"] if part not in MARKERS)
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = "unknown key"
    elif error["type"] == "missing":
        message = "missing key"
    value = error["input"]
    simple = isinstance(value, str | int | float | bool | type(None))
    shown = f" = {value!r}" if simple and error["type"] != "extra_forbidden" else ""
    return f"{key}{shown}: {message}" if key else message
