"""Logarithmic axes with ticks that fit the range."""

from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

FEW = {20.0: (1, 2, 5), 60.0: (1, 3)}  # ratio of the range's ends up to which → labelled multiples of powers of ten


def label_logarithmic(axis: Axis) -> None:
    """Label powers of ten only, or some of their multiples where the range holds too few of them."""
    low, high = axis.get_view_interval()
    axis.set_minor_formatter(NullFormatter())
    multiples = next((few for ratio, few in FEW.items() if high < ratio * low), None)
    if multiples is not None:
        axis.set_major_locator(LogLocator(subs=multiples))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
