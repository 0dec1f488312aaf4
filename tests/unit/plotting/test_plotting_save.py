"""Saved figures: three formats, all or none, bytes that depend on the figure alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image
from synthetic_tables import width_tables

from traindyn.errors import InputError
from traindyn.plotting import overview, save_figure

SCRIPT = """
import sys
from synthetic_tables import optimizer_tables
from traindyn.plotting import optimizers, save_figure
save_figure(optimizers(optimizer_tables()), sys.argv[1])
"""


def test_two_processes_write_equal_bytes(tmp_path: Path) -> None:
    for seed in ("1", "2"):  # of the hashes, which order sets and so could order bytes
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)}
        subprocess.run([sys.executable, "-c", SCRIPT, tmp_path / seed / "figure"], check=True, env=environment)
    for kind in ("png", "svg", "pdf"):
        one, two = ((tmp_path / seed / f"figure.{kind}").read_bytes() for seed in ("1", "2"))
        assert one == two, kind
        assert b"Matplotlib v" not in one
        assert b"CreationDate" not in one
        assert b"dc:date" not in one


def test_png_has_200_dots_per_inch_of_the_page(tmp_path: Path) -> None:
    figure = overview(width_tables(seeds=2))
    saved = save_figure(figure, tmp_path / "new" / "figure.v1")
    assert saved.png == tmp_path / "new" / "figure.v1.png"
    with Image.open(saved.png) as picture:
        assert picture.size[0] == 1400
        assert picture.size[1] == pytest.approx(200 * figure.get_figheight(), abs=1)
    assert sorted(path.name for path in saved.png.parent.iterdir()) == [
        "figure.v1.pdf",
        "figure.v1.png",
        "figure.v1.svg",
    ]


def test_a_format_that_fails_leaves_the_old_files_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "figure.png").write_bytes(b"old")
    draw = Figure.savefig

    def fail_on_pdf(self: Figure, path: Path, **kwargs: object) -> None:
        if kwargs["format"] == "pdf":
            raise OSError("disk full")
        draw(self, path, **kwargs)

    monkeypatch.setattr(Figure, "savefig", fail_on_pdf)
    with pytest.raises(InputError, match="disk full"):
        save_figure(overview(width_tables(seeds=1)), tmp_path / "figure")
    assert [path.name for path in tmp_path.iterdir()] == ["figure.png"]
    assert (tmp_path / "figure.png").read_bytes() == b"old"


def test_an_unusable_stem_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="stem is empty"):
        save_figure(Figure(), "")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        save_figure(Figure(), tmp_path / "file" / "figure")


def test_a_persons_own_settings_change_nothing(tmp_path: Path) -> None:
    import matplotlib as mpl

    plain = save_figure(overview(width_tables(seeds=2)), tmp_path / "plain").svg.read_bytes()
    with mpl.rc_context({"font.size": 20, "axes.grid": True, "svg.hashsalt": "mine", "lines.linewidth": 9}):
        assert save_figure(overview(width_tables(seeds=2)), tmp_path / "own").svg.read_bytes() == plain
