"""The site's pages, made of the repository's own texts: no text stands twice.

A page in `pages/` may hold lines `{{ FILE: Heading }}`: that section of FILE stands there (`{{ FILE }}`: what stands
above its first section; `{{ FILE: * }}`: all sections that no page names). Texts of `docs/` and `config/README.md` are
pages as they are. Links between files of the repository lead to the pages that show them; other files that are linked
go along.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from markdown.extensions.toc import slugify
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
PAGES = Path(__file__).parent / "pages"
AS_THEY_ARE = ("docs/*.md", "docs/tutorials/*.md", "config/README.md")
FENCE = re.compile(r"(^ *```.*?^ *```$)", re.M | re.S)
DIRECTIVE = re.compile(r"^\{\{ ([\w./-]+)(?:: (.+))? \}\}$", re.M)
LINK = re.compile(r'(\]\(|src=")([^()"#\s]*)(#[^()"\s]*)?(?=[)"])')
HEADING = re.compile(r"^#+ (.+)$", re.M)
FIRST, REST = "", "*"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The pages of docs/ are in the navigation by themselves."""
    systems = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").glob("*.md"))]
    config.nav.insert(-1, {"Other views of trainings": systems})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """All pages, with what they take from elsewhere, and the files that they link."""
    site = Site()
    found = Files([file for file in files if not file.is_documentation_page()])
    for uri, text in site.pages.items():
        found.append(File.generated(config, uri, content=text))
    for uri in sorted(site.linked):
        found.append(File.generated(config, uri, abs_src_path=str(ROOT / uri)))
    return found


class Site:
    """pages: address → Markdown; linked: other files of the repository that pages lead to."""

    def __init__(self) -> None:
        own = {path.name: path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.md"))}
        whole = [path.relative_to(ROOT).as_posix() for pattern in AS_THEY_ARE for path in sorted(ROOT.glob(pattern))]
        named = [(uri, file, title or FIRST) for uri, text in own.items() for file, title in DIRECTIVE.findall(text)]
        self._sections = {file: sections((ROOT / file).read_text(encoding="utf-8")) for _, file, _ in named}
        self._places = {uri: (uri, "") for uri in whole} | dict(self._shown(named))
        self._places |= {f"docs/site/pages/{uri}": (uri, "") for uri in own}
        self.linked: set[str] = set()
        self.pages = {uri: self._linked(uri, uri, (ROOT / uri).read_text(encoding="utf-8")) for uri in whole}
        self.pages |= {uri: self._expanded(uri, text) for uri, text in own.items()}

    def _shown(self, named: list[tuple[str, str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
        """`file#anchor` → the page that shows it, and `file` → the page that shows its beginning.

        Raises:
            PluginError: a section that is named does not exist, or is named twice.
        """
        self._pieces: dict[tuple[str, str], list[str]] = {}
        taken = [(file, title) for _, file, title in named]
        for uri, file, title in named:
            if taken.count((file, title)) > 1 or (title != REST and title not in self._sections[file]):
                raise PluginError(f"{uri}: {file}: {title!r} is shown twice, or is no section")
            rest = [name for name in self._sections[file] if (file, name) not in taken]
            titles = rest if title == REST else [title]
            self._pieces[file, title] = titles
            if title == FIRST:
                yield file, (uri, "")
            for heading in (found for name in titles for found in HEADING.findall(self._sections[file][name])):
                anchor = "#" + slugify(heading.replace("`", ""), "-")
                yield file + anchor, (uri, anchor)

    def _expanded(self, uri: str, text: str) -> str:
        parts = DIRECTIVE.split(text)
        pieces = [self._linked(uri, f"docs/site/pages/{uri}", parts[0])]
        for file, title, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            shown = (self._sections[file][name] for name in self._pieces[file, title or FIRST])
            pieces += [self._linked(uri, file, "\n".join(shown)), self._linked(uri, f"docs/site/pages/{uri}", after)]
        return "".join(pieces)

    def _linked(self, uri: str, source: str, text: str) -> str:
        """The text of a file as it stands on a page: links between files are links between pages."""
        parts = FENCE.split(text)
        parts[::2] = [LINK.sub(lambda match: self._link(match, uri, source), part) for part in parts[::2]]
        return "".join(parts)

    def _link(self, match: re.Match[str], uri: str, source: str) -> str:
        opening, target, anchor = match[1], match[2], match[3] or ""
        if ":" in target:  # another host's
            return match[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target)) if target else source
        page, place = self._places.get(path + anchor) or (self._places.get(path, (None, ""))[0], anchor)
        if page is None and (ROOT / path).is_file() and not path.startswith("docs/site/pages/"):
            self.linked.add(path)
            page = path
        if page is None:  # MkDocs says what is wrong with it
            return match[0]
        relative = posixpath.relpath(page, posixpath.dirname(uri) or ".")
        return f"{opening}{relative}{place}" if page != uri or not place else f"{opening}{place}"


def sections(text: str) -> dict[str, str]:
    """Heading → section of a text, heading included; "" → what stands above the first, without the title."""
    parts = re.split(r"^(?=## )", text, flags=re.M)
    first = re.sub(r"\A# .*\n", "", parts[0])
    return {FIRST: first} | {part.split("\n", 1)[0].removeprefix("## "): part for part in parts[1:]}
