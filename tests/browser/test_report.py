"""The pages of a report as they are read: from a folder, without a network, and however hostile what stands in them is."""

import re

import pytest

from seqkit.grading.report import writing as report
from tests import class_of_forty
from tests.browser.axe import violations
from tests.browser.visit import shoot

ROOMS = ("class", "students", "teacher")
STRETCH = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
RUN_A_SCRIPT = """() => {
    const script = document.createElement("script");
    script.textContent = "window.owned = 1";
    document.body.append(script);
    const picture = document.createElement("img");
    picture.src = "https://example.invalid/x.png";
    document.body.append(picture);
    document.body.setAttribute("style", "display: none");
    return [window.owned, getComputedStyle(document.body).display];
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A class of which some are hostile."""
    out = tmp_path_factory.mktemp("report")
    report.write([*class_of_forty.entries(14), *class_of_forty.hostile(3)], class_of_forty.assignment(), out)
    return out


@pytest.fixture
def reader(chromium):
    """A page of somebody without a network; what it asks for, says and opens is written down."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    page.noted = []
    page.on("request", lambda asked: page.noted.append(asked.url))
    page.on("console", lambda line: page.noted.append(line.text))
    page.on("pageerror", lambda error: page.noted.append(str(error)))
    page.on("dialog", lambda dialog: (page.noted.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()


def path_of(folder, room, hostile=False):
    """A page of each room: of `elif`, who has all kinds of results, or of somebody hostile."""
    name = "script" if hostile else "elif"
    return folder / "index.html" if room == "class" else next((folder / room).glob(f"{name}*.html"))


def asked_for(page):
    """What was noted, but for the page itself and the pictures that are in it."""
    return [note for note in page.noted if not note.startswith("data:image/png;") and note != page.url]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("room", ROOMS)
def test_axe_finds_nothing_wrong_in_a_page(folder, reader, room, scheme):
    reader.emulate_media(color_scheme=scheme)
    reader.goto(path_of(folder, room).as_uri())
    reader.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(reader, "html") == []
    shoot(reader, f"report_{room}_{scheme}", full_page=True)


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_that_a_student_wrote_runs_or_is_fetched(folder, reader, room):
    path = path_of(folder, room, hostile=True)
    reader.goto(path.as_uri())
    reader.mouse.move(640, 450)
    for _ in range(12):
        reader.keyboard.press("Tab")
    wanted = re.search("<title>(.*?)</title>", path.read_text("utf-8"), re.DOTALL)[1]
    assert reader.title() == reader.evaluate(
        "html => Object.assign(document.createElement('p'), {innerHTML: html}).textContent", wanted
    )
    assert reader.evaluate("[typeof window.owned, document.scripts.length, document.styleSheets.length]") == [
        "undefined",
        0,
        1,
    ]
    assert asked_for(reader) == []
    shoot(reader, f"report_{room}_hostile", full_page=True)


def test_the_policy_refuses_what_would_slip_through(folder, reader):
    reader.goto(path_of(folder, "students").as_uri())
    assert reader.evaluate(RUN_A_SCRIPT) == [None, "block"]
    refused = " ".join(asked_for(reader))
    assert all(kind in refused for kind in ("script-src", "style-src", "img-src", "Content Security Policy"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_fits_a_narrow_screen(folder, reader, room):
    reader.set_viewport_size({"width": 360, "height": 740})
    for hostile in {False, room != "class"}:
        reader.goto(path_of(folder, room, hostile).as_uri())
        wide, seen = reader.evaluate(STRETCH)
        assert wide <= seen


def test_a_teacher_comes_by_keys_to_a_student_and_back(folder, reader):
    reader.goto(path_of(folder, "class").as_uri())
    reader.locator("[aria-labelledby=students] a", has_text="elif").first.focus()
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/teacher/elif.html")
    reader.get_by_role("link", name="the page that is handed back").press("Enter")
    reader.wait_for_url("**/students/elif.html")
    assert reader.get_by_role("heading", name="elif").is_visible()
    assert reader.locator("img").first.evaluate("each => each.complete && each.naturalWidth") == 1520
