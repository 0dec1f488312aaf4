"""The eigenvalues of one recording."""

import pandas as pd
from matplotlib.figure import Figure

from traindyn.plotting.page import LEFT, RIGHT, new_page, panel_title
from traindyn.plotting.spectra import box_near_one, draw_plane, draw_zoom, outline
from traindyn.plotting.style import group_styles, styled

_PLANE = 2.4  # inches


@styled
def spectrum(table: pd.DataFrame, title: str) -> Figure:
    """Eigenvalues in the complex plane, a colour for each seed, and enlarged near λ = 1.

    Args:
        table: columns seed, real, imag.
        title: over the figure.
    """
    named = table.assign(group=[f"seed {seed}" for seed in table["seed"]])
    styles = group_styles(list(dict.fromkeys(named["group"])))
    page = new_page(title, styles, [_PLANE], [])
    box = box_near_one(named)
    plane = page.axes(0, LEFT, LEFT + _PLANE)
    draw_plane(plane, named, styles)
    outline(plane, box)
    panel_title(plane, "a", "Koopman spectrum")
    zoom = page.axes(0, 3.8, RIGHT)
    draw_zoom(zoom, named, styles, box)
    panel_title(zoom, "b", "near λ = 1 (dashed box)", offset=0.55)
    return page.figure
