"""What is recorded of a network: its chosen weights, or random projections of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from traindyn.errors import InputError
from traindyn.recorder.copies import Copies, flat, on_host
from traindyn.recorder.parameters import parameters, sizes
from traindyn.recording.choice import chosen
from traindyn.recording.projection import projector


@dataclass(frozen=True)
class Record:
    """Scalars and weights of a step, on their way to the host."""

    step: int
    names: list[str]
    copies: Copies

    def complete(self) -> bool:
        """Whether they are there."""
        return self.copies.complete()

    def scalars(self) -> dict[str, float]:
        """Name → value, once it is there."""
        return {name: float(value) for name, value in zip(self.names, self.copies.arrays(), strict=False)}

    def weights(self) -> np.ndarray:
        """The weights (weight,), once they are there."""
        parts = self.copies.arrays()[len(self.names) :]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


class Content:
    """What is recorded of a network.

    Args:
        model: the network; its parameters are looked up anew for every record.
        patterns: of names of parameters.
        projection: number of random projections recorded in place of the weights; None: the weights.
        root_seed: of the projections' matrix.
        dtype: of the recorded values, float32 or float64.

    Attributes:
        layers: name → number of recorded values.
        plan: what is recorded, in words.

    Raises:
        InputError: as `sizes` and `chosen`; there are more projections than weights; another precision.
    """

    def __init__(
        self, model: nn.Module, patterns: Sequence[str] | str, projection: int | None, root_seed: int, dtype: str
    ) -> None:
        if dtype not in ("float32", "float64"):
            raise InputError(f"Recorder: dtype = {dtype!r}: must be float32 or float64")
        self._model, self._dtype = model, dtype
        patterns = [patterns] if isinstance(patterns, str) else list(patterns)
        self._sizes = chosen(sizes(model), patterns, "Recorder: layers")
        self.layers = self._sizes
        self._project: Callable[[np.ndarray], np.ndarray] | None = None
        self.plan = {"layers": ", ".join(patterns), "projection": "none"}
        if projection is not None:
            weights = sum(self._sizes.values())
            if not 1 <= projection <= weights:
                raise InputError(f"Recorder: projection = {projection}: from 1 to {weights}, the chosen weights")
            self.layers, self._project = {"projection": projection}, projector(weights, projection, root_seed)
            self.plan["projection"] = f"{projection} with seed {root_seed} of {', '.join(self._sizes)}"

    def record(self, step: int, scalars: Mapping[str, float | torch.Tensor]) -> Record:
        """The chosen weights as they are now, and scalars, on their way to the host.

        Raises:
            InputError: a parameter is gone or has another number of weights than when recording began.
        """
        now = parameters(self._model)
        for name, size in self._sizes.items():
            found = now[name].numel() if name in now else 0
            if found != size:
                raise InputError(
                    f"Recorder: at step {step} parameter {name!r} has {found} weights, {size} when recording began"
                )
        weights = [now[name] for name in self._sizes]
        numbers = [
            torch.as_tensor(value, dtype=None if torch.is_tensor(value) else torch.float64)
            for value in scalars.values()
        ]
        return Record(step, list(scalars), on_host([*numbers, *flat(weights, self._precision(weights))]))

    def _precision(self, weights: Sequence[torch.Tensor]) -> torch.dtype:
        """The recording's; projections are taken of the weights as they are."""
        if self._project is None:
            return getattr(torch, self._dtype)
        return torch.float64 if any(tensor.dtype == torch.float64 for tensor in weights) else torch.float32

    def values(self, record: Record) -> np.ndarray:
        """What is recorded (value,) of the weights of a record."""
        weights = record.weights()
        # What overflows in the recording's precision becomes infinite, and is noted as a divergence.
        with np.errstate(over="ignore"):
            values = weights if self._project is None else self._project(weights)
            return values.astype(self._dtype, copy=False)
