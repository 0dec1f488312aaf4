"""Figures of recordings that were brought: without losses, and of one spectrum."""

from dataclasses import replace

import matplotlib.text
import numpy as np
import pandas as pd
from synthetic_tables import width_tables

from traindyn.plotting import overview, spectrum


def titles(figure):
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_gid() == "title"]


def test_without_losses_there_is_no_panel_for_them():
    tables = width_tables(seeds=2)
    curves = tables.learning_curves.assign(train_loss=np.nan, test_accuracy=np.nan)
    with_losses, without = overview(tables), overview(replace(tables, learning_curves=curves))
    assert any("mean over seeds" in title for title in titles(with_losses))
    assert not any("mean over seeds" in title for title in titles(without))
    assert without.get_figheight() < with_losses.get_figheight() - 1


def test_a_spectrum_is_drawn_with_a_colour_for_each_seed():
    table = pd.DataFrame({"seed": [0, 0, 3], "real": [1.0, 0.5, 0.9], "imag": [0.0, 0.1, 0.0]})
    figure = spectrum(table, "run.npz")
    points = {tuple(p) for axes in figure.axes[:1] for c in axes.collections for p in c.get_offsets().tolist()}
    assert points == {(1.0, 0.0), (0.5, 0.1), (0.9, 0.0)}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["seed 0", "seed 3"]
