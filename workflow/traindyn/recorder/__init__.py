"""Records the training of any PyTorch loop, in the recording format."""

from traindyn.recorder.recorder import Recorder
from traindyn.recorder.schedule import When, at, every, powers_of_two, within

__all__ = ["Recorder", "When", "at", "every", "powers_of_two", "within"]
