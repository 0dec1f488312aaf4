"""What a run cost and where it ran: benchmark files and environment -> a table and a page."""

from traindyn.run.environment import environment
from traindyn.run.page import run_page
from traindyn.run.times import benchmark_files, elapsed, run_times

__all__ = ["benchmark_files", "elapsed", "environment", "run_page", "run_times"]
