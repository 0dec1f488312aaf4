"""The state of a training between two steps: what a checkpoint holds of it, and how it is put back."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.utils._pytree import tree_map_only

from traindyn.training.blocks import Block
from traindyn.training.checkpoint import Checkpoint
from traindyn.training.outcome import Outcome

logger = logging.getLogger(__name__)


class Training:
    """A training between two of its steps: saved, and brought back to where it was saved."""

    def __init__(self, checkpoint: Checkpoint, blocks: Sequence[Block], outcome: Outcome, device: torch.device) -> None:
        self._checkpoint, self._blocks, self._outcome, self._device = checkpoint, blocks, outcome, device

    def save(self, step: int) -> None:
        """Write a checkpoint from which the training can go on with this step."""
        if self._checkpoint.save(lambda: self._state(step)):
            self._outcome.writer.keep()
            logger.info("checkpoint before step %d", step)

    def resume(self) -> int:
        """The step to go on with: that of the checkpoint, or 0 where there is none that can be believed."""
        state = self._checkpoint.load(self._device)
        if state is not None and self._restored(state):
            logger.info("going on with step %d, from a checkpoint", state["step"])
            # From now on the checkpoint has to rely on this process's own file.
            self.save(state["step"])
            return state["step"]
        self._checkpoint.remove()
        self._outcome.writer.discard_others()
        return 0

    def _state(self, step: int) -> dict[str, Any]:
        return {
            "step": step,
            "blocks": [block_state(block) for block in self._blocks],
            "random": random_state(self._device),
            "diverged": self._outcome.diverged,
            "writer": self._outcome.writer.state(),
        }

    def _restored(self, state: Mapping[str, Any]) -> bool:
        try:
            self._outcome.writer.resume(tree_map_only(torch.Tensor, torch.Tensor.numpy, state["writer"]))
        except (OSError, ValueError) as error:
            logger.warning("what was recorded before the checkpoint is damaged, training starts anew: %s", error)
            return False
        for block, saved in zip(self._blocks, state["blocks"], strict=True):
            restore_block(block, saved)
        restore_random(state["random"], self._device)
        self._outcome.diverged[:] = state["diverged"].numpy()
        return True


def block_state(block: Block) -> dict[str, Any]:
    """Parameters, buffers, and what the optimizer remembers; not copied."""
    return {
        "parameters": {name: parameter.detach() for name, parameter in block.parameters.items()},
        "buffers": block.buffers,
        "optimizer": block.optimizer.state_dict(),
    }


def restore_block(block: Block, state: Mapping[str, Any]) -> None:
    """Bring a block at its start to where another one was."""
    with torch.no_grad():
        for name, parameter in block.parameters.items():
            parameter.copy_(state["parameters"][name])
    block.buffers = state["buffers"]
    _restore_optimizer(block.optimizer, state["optimizer"])


def _restore_optimizer(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    optimizer.load_state_dict(state)
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    for key, remembered in state["state"].items():
        # As it was: load_state_dict brings double precision to that of the weights.
        optimizer.state[weights[key] if isinstance(key, int) else key] = remembered


def random_state(device: torch.device) -> dict[str, torch.Tensor]:
    """Of torch's global generators: no layer of this package draws from them, but one from outside may."""
    found = {"cpu": torch.get_rng_state()}
    return found | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def restore_random(state: Mapping[str, torch.Tensor], device: torch.device) -> None:
    """Put the generators back to what they were."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"], device)
