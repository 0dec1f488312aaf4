"""The verdicts by every measure: a table whose cells are coloured by verdict, one row per pair of groups."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from traindyn.plotting.comparisons import Comparisons, Row, between
from traindyn.plotting.page import shorten, text_width
from traindyn.plotting.tables import Tables

# Background, text and sign of each verdict: light colours that no group has, and never colour alone.
LOOKS = {
    "non-conjugate": ("#F7CDB0", "black", "≠"),
    "equivalent": ("#C3DFF0", "black", "≈"),
    "undecided": ("#EBEBEB", "black", "?"),
    "diverged": ("#5A5A5A", "white", "×"),
}
_PADDING = 0.08  # inches, left and right of a cell's text together
_GAP = 0.03  # inches between cells


def draw_verdicts(axes: Axes, tables: Tables, layout: Comparisons, width: float) -> None:
    """One column per measure in a panel ``width`` inches wide, rows at the same heights as in ``layout``."""
    axes.set(xlim=(0, width), ylim=(layout.height, 0))
    axes.set_axis_off()
    measures = tables.measures
    if not measures or not layout.pairs:
        axes.text(0, 0.1, "no pair of groups was tested", va="top")
        return
    column = width / len(measures)
    form = _richest_form(tables.verdicts, column - _PADDING, layout.full)
    for place, measure in enumerate(measures):
        _heading(axes, measure, place * column, column)
        of_measure = tables.verdicts[tables.verdicts["measure"] == measure]
        for row in layout.pairs:
            _cell(axes, between(of_measure, row), row, place * column, column, form)
    _explain(axes, tables.verdicts, layout, form)


def ratio_text(verdict: pd.Series) -> str:
    """Between over within distance with its interval, as "1.82 [1.21, 2.44]"; "" where unknown."""
    if not np.isfinite(verdict["ratio"]):
        return ""
    text = _number(verdict["ratio"])
    if np.isfinite(verdict["ratio_low"]) and np.isfinite(verdict["ratio_high"]):
        text += f" [{_number(verdict['ratio_low'])}, {_number(verdict['ratio_high'])}]"
    return text


def q_text(verdict: pd.Series) -> str:
    """The q value of a verdict: "q = 0.012", "q < 0.001", or "" where there was no test."""
    q = verdict["q_value"]
    if not np.isfinite(q):
        return ""
    return "q < 0.001" if q < 0.001 else f"q = {q:.2g}" if q < 0.1 else f"q = {q:.2f}"


def heading_text(measure: str, width: float) -> str:
    """A measure's name in words, one per line where they do not fit side by side into ``width`` inches."""
    words = measure.replace("_", " ")
    if text_width(words) <= width:
        return words
    return "\n".join(shorten(word, width) for word in words.split())


def _three_lines(verdict: pd.Series) -> str:
    lines = (verdict["verdict"], ratio_text(verdict), q_text(verdict))
    return "\n".join(line for line in lines if line)


def _word_and_ratio(verdict: pd.Series) -> str:
    ratio = ratio_text(verdict).split(" [")[0]
    return f"{verdict['verdict']}\n{ratio}".strip()


def _sign_and_interval(verdict: pd.Series) -> str:
    return f"{LOOKS[verdict['verdict']][2]} {ratio_text(verdict)}".strip()


def _sign_and_ratio(verdict: pd.Series) -> str:
    return f"{LOOKS[verdict['verdict']][2]} {ratio_text(verdict).split(' [')[0]}".strip()


def _sign(verdict: pd.Series) -> str:
    return LOOKS[verdict["verdict"]][2]


Form = Callable[[pd.Series], str]
_TALL: tuple[Form, ...] = (_three_lines, _word_and_ratio, _sign_and_ratio, _sign)
_FLAT: tuple[Form, ...] = (_sign_and_interval, _sign_and_ratio, _sign)
_MEANING: dict[Form, str] = {
    _three_lines: "Cells: verdict, ratio between / within [interval], q.",
    _word_and_ratio: "Cells: verdict, ratio between / within.",
    _sign_and_interval: "Cells: verdict, ratio between / within [interval].",
    _sign_and_ratio: "Cells: verdict, ratio between / within.",
    _sign: "Cells: verdict.",
}


def _richest_form(verdicts: pd.DataFrame, width: float, full: bool) -> Form:
    """The form that tells most among those whose every text fits into ``width`` inches."""
    forms = _TALL if full else _FLAT
    fits = (form for form in forms if all(text_width(form(v)) <= width for _, v in verdicts.iterrows()))
    return next(fits, forms[-1])


def _heading(axes: Axes, measure: str, left: float, column: float) -> None:
    text = heading_text(measure, column - _GAP)
    axes.text(
        left + column / 2,
        -0.05,
        text,
        ha="center",
        va="bottom" if "\n" in text else "baseline",
        linespacing=1.1,
        gid="measure",
    )


def _cell(axes: Axes, found: pd.DataFrame, row: Row, left: float, column: float, form: Form) -> None:
    inner = (left + _GAP / 2, row.centre - row.height / 2 + _GAP / 2)
    size = (column - _GAP, row.height - _GAP)
    if found.empty:
        axes.add_patch(Rectangle(inner, *size, fc="white", ec="#CCCCCC", lw=0.5))
        text, ink = "–", "black"
    else:
        verdict = found.iloc[0]
        paper, ink, _ = LOOKS[verdict["verdict"]]
        axes.add_patch(Rectangle(inner, *size, fc=paper, ec="none", gid=f"cell {verdict['verdict']}"))
        text = form(verdict)
    axes.text(left + column / 2, row.centre, text, ha="center", va="center_baseline", color=ink, linespacing=1.1)


def _explain(axes: Axes, verdicts: pd.DataFrame, layout: Comparisons, form: Form) -> None:
    """What a cell says, and over what was tested, beside the rows of single groups."""
    lines = [_MEANING[form], tested_over(verdicts)]
    if form not in (_three_lines, _word_and_ratio):
        present = [name for name in LOOKS if (verdicts["verdict"] == name).any()]
        lines.append("   ".join(f"{LOOKS[name][2]} {name}" for name in present))
    last = layout.pairs[-1]
    axes.text(0.02, last.centre + last.height / 2 + 0.09, "\n".join(lines), va="top", linespacing=1.3, gid="key")


def tested_over(verdicts: pd.DataFrame) -> str:
    """Over which units the tests ran and how many each group had: "Tested over seeds (25 per group)."."""
    parts = []
    for unit, rows in verdicts.groupby("unit", sort=True):
        counts = pd.concat([rows["n_a"], rows["n_b"]]).dropna().astype(int)
        span = f"{counts.min()}" if counts.min() == counts.max() else f"{counts.min()}–{counts.max()}"
        name = "seeds" if unit == "seeds" else "parts of one seed's replicas" if unit == "replicas" else str(unit)
        parts.append(f"{name} ({span} per group)" if len(counts) else name)
    return f"Tested over {' and '.join(parts)}."


def _number(value: float) -> str:
    size = abs(value)
    if size < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if size < 100 else f"{value:.0f}" if size < 1e4 else f"{value:.0e}"
