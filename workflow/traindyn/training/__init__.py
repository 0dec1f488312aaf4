"""One loop that trains an ensemble of networks (seeds × replicas) at once and records their weights."""

from traindyn.training.loop import train

__all__ = ["train"]
