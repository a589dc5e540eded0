"""The lessons as web pages: made by `make site`, read from a folder, without a network."""

import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from seqkit import lesson
from tests.browser.axe import COLOURS, violations
from tests.browser.conftest import NOTEBOOKS
from tests.browser.visit import shoot

ROOT = NOTEBOOKS.parent
PAGES = ["index", "glossary", *sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))]
IN_THE_DARK = ["index", "glossary", "00_start_here", "01_what_is_a_chain", "07_many_inputs", "11_train_a_chain"]
"""Pages with everything that has a colour: code, tables, verdicts, pictures, errors."""


CONTRAST = """element => {
    const numbers = color => color.match(/[\\d.]+/g).map(Number), clear = color => numbers(color)[3] === 0;
    let paper = element;
    while (clear(getComputedStyle(paper).backgroundColor)) paper = paper.parentElement;
    const light = color => numbers(color).slice(0, 3).map(each => each / 255)
        .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
        .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0.05);
    const both = [getComputedStyle(element).color, getComputedStyle(paper).backgroundColor].map(light);
    return Math.max(...both) / Math.min(...both);
}"""


class Page(HTMLParser):
    """The addresses that a page names, the names that can be linked to, and what is said of its pictures."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.ids, self.alts = [], [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.add(attrs.get("id"))
        self.links += [attrs["href"]] if tag == "a" and "href" in attrs else []
        self.loads += [attrs[name] for name in ("src", "href") if name in attrs and tag != "a"]
        self.alts += [attrs.get("alt", "")] if tag == "img" else []


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    make = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "site", "notebooks", folder]
    made = subprocess.run(make, cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def read(site):
    return {path.name: Page(path.read_text()) for path in site.glob("*.html")}


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def reader(chromium, scheme):
    """A page of somebody without a network."""
    context = chromium.new_context(color_scheme=scheme, offline=True)
    yield context.new_page()
    context.close()


def test_there_is_a_page_for_every_lesson(read):
    assert {f"{name}.html" for name in PAGES} <= set(read)


def leads(site, read, name, link):
    """Whether the `link` of a page goes elsewhere on the web, or to a file, and there to a heading, of the site."""
    path, heading = urldefrag(link)
    target = unquote(path) or name
    if urlsplit(link).scheme:
        return True
    return (site / target).exists() and (not heading or target not in read or unquote(heading) in read[target].ids)


def test_every_link_between_pages_leads_to_its_heading(site, read):
    dead = [(name, link) for name, page in read.items() for link in page.links if not leads(site, read, name, link)]
    assert not dead


def test_nothing_is_fetched_from_elsewhere(site, read):
    loads = {load for page in read.values() for load in page.loads if not load.startswith("data:")}
    assert not [load for load in loads if urlsplit(load).scheme or urlsplit(load).netloc]
    paths = {unquote(urlsplit(load).path) for load in loads}
    assert not [path for path in paths if not (site / path).exists()]


def test_every_picture_is_said_in_the_words_that_are_saved_beside_it(read):
    for path in NOTEBOOKS.glob("*.ipynb"):
        saved = [out.get("data", {}) for cell in lesson.read(path).cells for out in cell.get("outputs", [])]
        words = [data["text/plain"] for data in saved if "image/png" in data]
        assert words and read[f"{path.stem}.html"].alts == words, path.stem


@pytest.mark.parametrize(
    ("scheme", "name"),
    [*(("light", name) for name in PAGES), *(("dark", name) for name in IN_THE_DARK)],
    indirect=["scheme"],
)
def test_axe_finds_nothing_wrong_in_a_page(site, reader, scheme, name):
    reader.goto((site / f"{name}.html").as_uri())
    assert violations(reader, "html", COLOURS if scheme == "dark" else None) == []
    shoot(reader, f"site_{name}_{scheme}")


def test_the_code_in_a_verdict_can_be_read(site, reader):
    """WCAG's ratio of two lights; axe does not measure code in the theme's HTML outputs."""
    reader.goto((site / "01_what_is_a_chain.html").as_uri())
    assert reader.locator(".seqkit-wrong code").first.evaluate(CONTRAST) >= 4.5


def test_a_term_is_searched_and_found_without_a_network(site, reader):
    reader.goto((site / "index.html").as_uri())
    reader.keyboard.press("Control+k")
    reader.locator("input[name=q]:visible").first.fill("eval_shape")
    reader.keyboard.press("Enter")
    found = reader.locator("#search-results a", has_text="Write the loop that every chain runs")
    found.first.click()
    reader.get_by_role("heading", name="Shapes without numbers").wait_for()
