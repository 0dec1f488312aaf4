"""A notebook and its parameters -> the executed notebook, as notebook and as web page."""

from traindyn.notebooks.execute import execute

__all__ = ["execute"]
