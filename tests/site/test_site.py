"""The documentation site: every link leads somewhere, and a real browser shows every page."""

import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

ROOT = Path(__file__).parents[2]
PHONE = {"width": 360, "height": 740}


class Page(HTMLParser):
    """links: addresses of a page's links, images, scripts and styles; ids: its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids |= {found[name] for name in ("id", "name") if found.get(name)}
        canonical = tag == "link" and found.get("rel") in ("canonical", "prev", "next")
        self.links += [found[name] for name in ("href", "src") if found.get(name) and not canonical]


@pytest.fixture(scope="module")
def pages(site) -> dict[str, Page]:
    """Address → page."""
    return {
        path.relative_to(site).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
        if path.name != "404.html"  # its links begin at the root of whatever host it is put on
    }


def test_every_text_of_the_docs_folder_is_a_page(pages):
    texts = [path.relative_to(ROOT) for path in (*ROOT.glob("docs/*.md"), *ROOT.glob("docs/tutorials/*.md"))]
    assert len(texts) >= 4
    assert {str(path.with_suffix(".html")) for path in texts} | {"index.html", "config/index.html"} <= set(pages)


def test_every_section_of_the_readme_is_on_a_page(pages, site):
    text = re.sub(r"^```.*?^```$", "", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.M | re.S)
    texts = [(site / name).read_text(encoding="utf-8") for name in pages]
    for heading in re.findall(r"^## (.+)$", text, flags=re.M):
        anchor = re.sub(r"[^\w\s-]", "", heading).strip().lower().replace(" ", "-")
        assert any(f'<h2 id="{anchor}"' in text for text in texts), heading


def test_every_link_leads_to_a_file_and_to_a_place_in_it(pages, site):
    dead = []
    for name, page in pages.items():
        for link in page.links:
            if re.match(r"[a-z]+:", link):
                continue
            target, anchor = urldefrag(link)
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(target))) if target else name
            path = f"{path}/index.html" if (site / path).is_dir() else path
            place = pages[path].ids if path in pages else {""}
            if not (site / path).is_file() or (path in pages and unquote(anchor) not in place):
                dead.append(f"{name}: {link}")
    assert dead == []
    assert sum(len(page.links) for page in pages.values()) > 500


def test_a_browser_shows_every_page_without_errors_and_asks_no_other_host(pages, address, browser):
    tab, wrong = browser.new_page(), []
    tab.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: None if request.url.startswith((address, "data:")) else wrong.append(request.url))
    tab.on("response", lambda response: None if response.status < 400 else wrong.append(response.url))
    for name in pages:
        tab.goto(address + name, wait_until="networkidle")
        images = tab.eval_on_selector_all("img", "all => all.map(i => [i.src, i.naturalWidth])")
        wrong += [f"{name}: {source} is not shown" for source, width in images if not width]
        assert tab.locator("article h1").count() == 1, name
    tab.close()
    assert wrong == []


def test_pages_fit_a_phone(pages, address, browser):
    tab = browser.new_page(viewport=PHONE)
    wide = []
    for name in pages:
        tab.goto(address + name)
        if tab.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            wide.append(name)
    tab.close()
    assert wide == []


def test_search_finds_the_page_of_a_parameter(address, browser):
    tab = browser.new_page()
    tab.goto(address, wait_until="networkidle")
    tab.click("input[name=query]")
    tab.keyboard.type("delays_times_weights")
    tab.wait_for_selector(".md-search-result__link")
    found = tab.eval_on_selector_all(".md-search-result__link", "all => all.map(a => a.getAttribute('href'))")
    tab.close()
    assert any("config/" in link for link in found)


def test_the_picture_of_conjugacy_says_what_is_true():
    """h carries one system into the other, and the fitted eigenvalues are those of the text."""
    import sys

    import numpy as np

    sys.path.insert(0, str(ROOT / "docs" / "site"))
    try:
        import conjugacy
    finally:
        sys.path.pop(0)
    (plain, bent), other = (conjugacy.orbits((0.95, 0.8), curved) for curved in (False, True)), (0.95, 0.7)
    x, y = np.moveaxis(plain, 2, 0)
    np.testing.assert_allclose(bent, np.stack([x + y**2 / 4, y + x / 2], axis=2))
    assert np.abs(y).max() < 4
    for orbits, expected in ((plain, [0.95, 0.8]), (bent, [0.95, 0.8, 0.64]), (conjugacy.orbits(other, False), other)):
        found = conjugacy.fit(orbits, conjugacy.DELAYS, conjugacy.MODES).eigenvalues
        np.testing.assert_allclose(found, expected, atol=1e-7)
