"""Small pages of the report: headings, paragraphs and tables in one file that loads nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from traindyn.whole import whole

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5em; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { border: 1px solid #ccc; padding: .35em .6em; text-align: left; vertical-align: top; }
th { background: #f2f2f2; }
td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.good { background: #dcefdc; } td.bad { background: #f6d8d4; } td.open { background: #f7eecb; }
td.none { background: #eee; color: #555; }
small { color: #555; display: block; }
""".strip()


@dataclass(frozen=True)
class Cell:
    """text: shown; small: further lines in small print; look: number, good, bad, open, none, or plain."""

    text: str
    small: tuple[str, ...] = ()
    look: str = ""


def page(title: str, *parts: str) -> str:
    """A whole HTML page; `parts` are what the functions below return."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    body = "\n".join((heading(title, 1), *parts))
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def paragraph(text: str) -> str:
    """A paragraph."""
    return f"<p>{escape(text)}</p>"


def table(header: Sequence[str], rows: Iterable[Sequence[Cell | str]]) -> str:
    """A table; cells are texts or Cells."""
    lines = [_line("th", [Cell(text) for text in header])]
    lines += [_line("td", [cell if isinstance(cell, Cell) else Cell(cell) for cell in row]) for row in rows]
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def write_page(path: str | Path, content: str) -> None:
    """Write the page, whole or not at all, with the same bytes on every system."""
    with whole(path) as temporary:
        temporary.write_text(content, encoding="utf-8", newline="\n")


def _line(tag: str, cells: Sequence[Cell]) -> str:
    return "<tr>" + "".join(_cell(tag, cell) for cell in cells) + "</tr>"


def _cell(tag: str, cell: Cell) -> str:
    look = f' class="{escape(cell.look)}"' if cell.look else ""
    small = "".join(f"<small>{escape(line)}</small>" for line in cell.small if line)
    return f"<{tag}{look}>{escape(cell.text)}{small}</{tag}>"
