"""What every architecture offers."""

import numpy as np
from pydantic import BaseModel, ConfigDict
from torch import nn


class Architecture(BaseModel):
    """An architecture's options, and how to build the network from them.

    A subclass in a file of its own is all that a new architecture needs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def build(self, input_shape: tuple[int, ...], output_size: int) -> nn.Module:
        """The network for one sample shape and number of outputs, initialised from torch's global generator.

        Raises:
            InputError: if the architecture does not fit these shapes.
        """
        raise NotImplementedError

    def starts(self, output_size: int) -> dict[str, np.ndarray] | None:
        """Fixed starts (replica, *shape) by parameter name, in place of a random initialisation; None: random."""
        return None
