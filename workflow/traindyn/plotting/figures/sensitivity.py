"""Verdicts under other settings of the fits: for which of them do they stand?"""

from itertools import product

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from traindyn.plotting.page import LEFT, LEGEND_TOP, RIGHT, Page, new_page, shorten
from traindyn.plotting.sensitivity import PAIR, Sensitivity, standing
from traindyn.plotting.style import NORMAL, PAGE_WIDTH, styled
from traindyn.plotting.verdicts import LOOKS

MOST_PAIRS = 10  # panels under each other that a page holds
_CELL, _BETWEEN, _HEADING = 0.17, 0.55, 0.16  # inches: height of a cell, space between panels, line of the blocks
_GAP = 0.4  # columns between two blocks
ALL = -1  # stands for an empty entry: all modes, all weights


@styled
def sensitivity(tables: Sensitivity) -> Figure:
    """A panel per pair of groups (rows) and measure (columns), whose cells are the settings, coloured by verdict.

    Cells: delays downwards, modes to the right, a block for each window and number of components. The configured
    setting is framed. Of more than MOST_PAIRS pairs, those whose verdict stands for the fewest settings.
    """
    verdicts = tables.verdicts
    found = standing(verdicts)
    measures, pairs = list(dict.fromkeys(verdicts["measure"])), _pairs(found)
    delays, blocks = _delays(verdicts), _blocks(verdicts)
    height = _CELL * verdicts[delays].nunique(dropna=False) + (_HEADING if len(blocks) > 1 else 0)
    notes = _notes(found, len(pairs))
    page = new_page(
        f"{tables.experiment}: verdicts under other settings", {}, [height] * len(pairs), notes, legend_lines=1
    )
    own = {tuple(row[PAIR]): row for _, row in found.iterrows()}
    by_pair = verdicts.groupby(PAIR)
    _key(page, verdicts)
    width = (RIGHT - LEFT + _BETWEEN) / max(len(measures), 1)
    for (row, pair), (column, measure) in product(enumerate(pairs), enumerate(measures)):
        axes = page.axes(row, LEFT + column * width, LEFT + (column + 1) * width - _BETWEEN)
        _panel(axes, by_pair.get_group((measure, *pair)), delays, blocks)
        stands = own[measure, *pair]
        text = f"{pair[0]} – {pair[1]}: {stands['verdict']} for {stands['stands']:.0%}"
        axes.set_title(shorten(text, width - 0.1), fontsize=NORMAL, pad=3, gid="title")
        if row == 0:
            axes.annotate(
                measure.replace("_", " "), (0, 1), (0, 15), "axes fraction", textcoords="offset points",
                fontweight="bold", fontsize=NORMAL, gid="measure",
            )  # fmt: skip
    return page.figure


def _pairs(found: pd.DataFrame) -> list[tuple[str, str]]:
    """The pairs that are drawn, in the order of the table."""
    least = found.groupby(["group_a", "group_b"], sort=False)["stands"].min()
    chosen = least.sort_values(kind="stable").index[:MOST_PAIRS]
    return [pair for pair in least.index if pair in chosen]


def _delays(verdicts: pd.DataFrame) -> str:
    """The column that says the delays."""
    return "delays" if verdicts["delays"].notna().any() else "delays_times_weights"


def _blocks(verdicts: pd.DataFrame) -> list[tuple[str, float]]:
    """Every (window, components) of the sweep."""
    found = verdicts[["window", "components"]].fillna({"components": ALL}).drop_duplicates()
    return [(window, components) for window, components in found.itertuples(index=False)]


def _panel(axes: Axes, own: pd.DataFrame, delays: str, blocks: list[tuple[str, float]]) -> None:
    rows, modes = (list(dict.fromkeys(own[name].fillna(ALL))) for name in (delays, "modes"))
    step = len(modes) + _GAP
    for _, setting in own.fillna({delays: ALL, "modes": ALL, "components": ALL}).iterrows():
        number = blocks.index((setting["window"], setting["components"]))
        x, y = number * step + modes.index(setting["modes"]), rows.index(setting[delays])
        _cell(axes, x, y, setting["verdict"], setting["configured"])
    places = [number * step + place + 0.5 for number in range(len(blocks)) for place in range(len(modes))]
    axes.set_xticks(places, [_number(count) for _ in blocks for count in modes])
    axes.set_yticks([place + 0.5 for place in range(len(rows))], [_number(count) for count in rows])
    top = -_HEADING / _CELL if len(blocks) > 1 else 0
    axes.set(xlim=(-0.05, len(blocks) * step - _GAP + 0.05), ylim=(len(rows) + 0.05, top - 0.05))
    axes.set(xlabel="modes", ylabel=delays.replace("_times_", " × "))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if len(blocks) > 1:
        for place, block in enumerate(blocks):
            axes.text(place * step, top / 2, _block_text(block, blocks), va="center_baseline", gid="block")


def _cell(axes: Axes, x: float, y: float, verdict: str, configured: bool) -> None:
    paper, ink, sign = LOOKS[verdict]
    axes.add_patch(Rectangle((x + 0.04, y + 0.06), 0.92, 0.88, fc=paper, ec="none", gid=f"cell {verdict}"))
    axes.text(x + 0.5, y + 0.5, sign, ha="center", va="center_baseline", color=ink)
    if configured:
        frame = Rectangle((x + 0.02, y + 0.03), 0.96, 0.94, fc="none", ec="black", lw=1.3, gid="configured")
        axes.add_patch(frame)


def _block_text(block: tuple[str, float], blocks: list[tuple[str, float]]) -> str:
    """What tells a block from the others."""
    window, components = block
    parts = [f"steps {window}" if window[0].isdigit() else window] if len({w for w, _ in blocks}) > 1 else []
    if len({c for _, c in blocks}) > 1:
        parts.append("all weights" if components == ALL else f"{components:.0f} components")
    return ", ".join(parts)


def _number(count: float) -> str:
    return "all" if count == ALL else f"{count:.0f}"


def _key(page: Page, verdicts: pd.DataFrame) -> None:
    """Colours and signs of the verdicts that occur, and the frame."""
    present = [name for name in LOOKS if (verdicts["verdict"] == name).any()]
    handles = [Patch(fc=LOOKS[name][0], ec="none", label=f"{LOOKS[name][2]} {name}") for name in present]
    handles.append(Patch(fc="none", ec="black", label="configured setting"))
    anchor = (0.1 / PAGE_WIDTH, 1 - LEGEND_TOP / page.figure.get_figheight())
    page.figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=anchor, ncols=len(handles),
        borderaxespad=0, borderpad=0, handlelength=1.2, columnspacing=1.4,
    )  # fmt: skip


def _notes(found: pd.DataFrame, drawn: int) -> list[str]:
    lines = ["Percentages: share of all settings whose verdict is the configured one. q is adjusted within a setting."]
    pairs = len(found[["group_a", "group_b"]].drop_duplicates())
    if pairs > drawn:
        lines.append(f"Drawn: the {drawn} of {pairs} pairs whose verdict stands for the fewest settings.")
    return lines
