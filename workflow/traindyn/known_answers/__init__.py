"""Pairs of systems of which the answer is known, and how often each way of judging gives it."""

from traindyn.known_answers.judgements import judgements
from traindyn.known_answers.rates import rates

__all__ = ["judgements", "rates"]
