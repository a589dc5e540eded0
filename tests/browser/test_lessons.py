"""A learner opens a lesson, runs all of it, and sees the pictures."""

import re

import nbformat
import pytest

from seqkit.views.drawing.page import WIDTH
from seqkit.views.drawing.pen import SCALE
from tests.browser.conftest import NOTEBOOKS
from tests.browser.visit import change_theme, command, open_notebook, outputs, run_all, run_cell, scroll_to_cell, shoot

LESSONS = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
PARTS = re.compile(r"sk\.\w+\(|\w+Slider\(|view\.update\(\w+\)")
CELLS = [cell.id for cell in nbformat.read(NOTEBOOKS / "01_what_is_a_chain.ipynb", as_version=4).cells]
PICTURE = ".jp-OutputArea-output :is(img, .seqkit-explorer:not([data-drawn='0']))"
IMAGES = """() => [...document.querySelectorAll('.jp-OutputArea-output img')].map(
    image => ({natural: image.naturalWidth, shown: image.getBoundingClientRect().width}))"""


def pictures(page):
    """How many outputs have a picture."""
    return sum("image/png" in out.get("data", {}) for out in outputs(page))


def parts(name):
    """What a lesson uses of the kit: what a browser could show wrongly."""
    cells = nbformat.read(NOTEBOOKS / name, as_version=4).cells
    return {found for cell in cells if cell.cell_type == "code" for found in PARTS.findall(cell.source)}


def covering(names):
    """A few lessons in which everything is used that is used in any; nbval runs them all."""
    left, chosen = set().union(*map(parts, names)), []
    while left:
        chosen.append(max(names, key=lambda name: len(parts(name) & left)))
        left -= parts(chosen[-1])
    return sorted(chosen)


def runs_with_pictures_and_without_error(page, jupyter, name):
    open_notebook(page, jupyter, name)
    saved = pictures(page)
    command(page, "notebook:clear-all-cell-outputs")
    run_all(page)
    assert [out for out in outputs(page) if out["output_type"] == "error"] == []
    assert pictures(page) == saved > 0
    page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
    page.wait_for_selector(PICTURE)
    assert all(image["natural"] > 0 for image in page.evaluate(IMAGES))


@pytest.mark.parametrize("name", covering(LESSONS))
def test_run_all_shows_every_picture_and_no_error(page, lab, name):
    runs_with_pictures_and_without_error(page, lab, name)


def test_run_all_does_the_same_in_notebook_7(page, notebook7):
    runs_with_pictures_and_without_error(page, notebook7, LESSONS[0])


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_saved_pictures_are_seen_before_anything_is_run(page, jupyter, theme):
    open_notebook(page, jupyter, LESSONS[0])
    change_theme(page, theme)
    picture = page.locator(".jp-OutputArea-output img").nth(1)
    picture.scroll_into_view_if_needed()
    box = picture.evaluate("image => ({natural: image.naturalWidth, shown: image.getBoundingClientRect().width})")
    assert box["natural"] == WIDTH * SCALE and 600 < box["shown"] <= WIDTH
    shoot(page, f"lesson_00_{jupyter.app}_{theme.lower()}")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_verdict_is_a_card_with_a_call_to_copy(page, lab, theme):
    open_notebook(page, lab, "01_what_is_a_chain.ipynb")
    change_theme(page, theme)
    for cell in ("back-check", "filled"):
        run_cell(page, CELLS.index(cell))
    card = page.locator(".seqkit-wrong", has_text="1 of 5 probes")
    scroll_to_cell(page, CELLS.index("filled"))
    card.wait_for()
    card.get_by_text("the call that shows it").click()
    copy = card.get_by_role("button", name="copy")
    copy.click()
    card.get_by_role("button", name="copied").wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()").endswith("forward([double], x)\n".rstrip())
    ink, paper = card.evaluate(
        "card => [getComputedStyle(card).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert ink != paper
    card.scroll_into_view_if_needed()
    shoot(page, f"card_{theme.lower()}")


def test_the_glossary_opens_from_the_first_lesson_and_leads_to_where_a_term_is_taught(page, lab):
    open_notebook(page, lab, LESSONS[0])
    scroll_to_cell(page, 44)
    page.get_by_role("link", name="glossary").click()
    preview = page.locator(".jp-MarkdownViewer")
    preview.get_by_role("heading", name="side input").wait_for()
    shoot(page, "glossary")
    preview.locator("h2:has-text('side input') + p").get_by_role("link").click()
    heading = page.locator(".jp-Notebook").get_by_role("heading", name="One price, two words beside it")
    heading.wait_for()
    page.wait_for_function("heading => heading.getBoundingClientRect().top < innerHeight", arg=heading.element_handle())
