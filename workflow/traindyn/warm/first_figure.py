"""Draws a figure that nobody sees: fonts, formulas and their tables are then there for those that follow."""

from io import BytesIO

import matplotlib as mpl
from matplotlib.figure import Figure

with mpl.rc_context({"font.size": 7, "pdf.fonttype": 42}):  # fonts are found for each size
    _figure = Figure()
    _axes = _figure.subplots()
    _axes.loglog([1e-3, 1e3], [1e-3, 1e3], label=r"$\lambda_i \geq 10^{-1}$")
    _axes.set_title("first", fontweight="bold", fontstyle="italic")
    _axes.legend()
    for _format in ("png", "svg", "pdf"):
        _figure.savefig(BytesIO(), format=_format)
