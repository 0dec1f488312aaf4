"""Makes a model that nobody uses: what pydantic loads for its first one is there for those that follow."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class _First(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    number: Annotated[int, Field(ge=0)] = 0
    kind: Literal["one"] | None = None

    _number = field_validator("number")(lambda number: number)
    _whole = model_validator(mode="after")(lambda self: self)
