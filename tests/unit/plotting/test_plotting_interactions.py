"""The figure of the companion system `interactions`: what its panels show."""

import dataclasses

import numpy as np
import pytest
from synthetic_interactions import interactions_tables

from traindyn.errors import InputError
from traindyn.plotting import interactions, read_interactions_tables, save_figure
from traindyn.plotting.figures.interactions import drawn_steps
from traindyn.plotting.interactions_tables import COLUMNS
from traindyn.plotting.orders import noise_shares, signed_shares


@pytest.fixture(scope="module")
def figure():
    return interactions(interactions_tables())


def panels(figure):
    """Letter → axes."""
    return {text.get_text(): axes for axes in figure.axes for text in axes.texts if text.get_gid() == "letter"}


def test_every_panel_is_there_and_inside_the_page(figure, tmp_path):
    assert sorted(panels(figure)) == list("abcdefgh")
    assert len(figure.axes) == 4 * 4 + 4  # two rows of four checkpoints for each group, phases, fits
    for axes in figure.axes:
        box = axes.get_position()
        assert min(box.x0, box.y0) >= 0
        assert max(box.x1, box.y1) <= 1
    assert save_figure(figure, tmp_path / "made").png.stat().st_size > 10_000


def test_bars_hold_the_shares_of_the_table(figure):
    tables = interactions_tables()
    own = tables.strengths[(tables.strengths["group"] == "LeNet-5") & (tables.strengths["step"] == 0)]
    shares = signed_shares(own)
    assert shares.to_numpy().sum() == pytest.approx(1)
    bars = [bar.get_height() for bar in panels(figure)["a"].patches]
    columns = [(sign, name) for name, sign in (("positive", 1), ("negative", -1))]
    expected = [sign * shares.loc[kind][name] for sign, name in columns for kind in ("and", "or")]
    np.testing.assert_allclose(bars, np.concatenate(expected))


def test_independent_outputs_peak_above_the_middle_order():
    """C(10, k)·2^{k/2} is largest at k = 6."""
    shares = noise_shares(10)
    assert shares.sum() == pytest.approx(1)
    assert shares.argmax() + 1 == 6
    assert shares[5] / shares[0] == pytest.approx(210 * 8 / (10 * np.sqrt(2)))


def test_boundaries_stand_in_both_panels(figure):
    for letter in "cd":
        lines = [line for line in panels(figure)[letter].lines if line.get_gid() == "boundary"]
        assert [line.get_xdata()[0] for line in lines] == [10, 10]


def test_the_last_checkpoint_is_not_held_up_as_agreement(figure):
    for letter in "gh":
        assert max(max(line.get_xdata()) for line in panels(figure)[letter].lines) == 100


def test_a_group_without_a_checkpoint_left_has_no_panels():
    tables = interactions_tables(groups=("mlp",))
    empty = {name: getattr(tables, name).iloc[:0] for name in ("strengths", "checkpoints", "theory", "phases")}
    assert interactions(dataclasses.replace(tables, **empty)) is not None


def test_drawn_steps_hold_first_and_last():
    assert drawn_steps(list(range(9))) == [0, 2, 4, 6, 8]
    assert drawn_steps([1, 5]) == [1, 5]


def test_tables_are_read_and_checked(tmp_path):
    tables = interactions_tables()
    paths = {name: tmp_path / f"{name}.parquet" for name in COLUMNS}
    for name, path in paths.items():
        getattr(tables, name).to_parquet(path)
    assert read_interactions_tables("made", **paths).groups == ["LeNet-5", "mlp"]
    tables.theory.drop(columns="measured").to_parquet(paths["theory"])
    with pytest.raises(InputError, match=r"theory table '.*': missing column measured"):
        read_interactions_tables("made", **paths)
