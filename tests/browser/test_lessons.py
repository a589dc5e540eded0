"""A learner opens a lesson in JupyterLab, runs all of it, and sees the pictures."""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import NOTEBOOKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]  # one JupyterLab serves them all
LESSONS = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
SHOTS = os.environ.get("SEQKIT_SHOTS")
RUN_ALL = """async () => {
    const app = window.jupyterapp, panel = app.shell.currentWidget;
    await panel.context.ready; await panel.sessionContext.ready;
    await app.commands.execute('notebook:run-all-cells');
}"""
IMAGES = """() => [...document.querySelectorAll('.jp-OutputArea-output img')].map(
    image => ({natural: image.naturalWidth, shown: image.getBoundingClientRect().width}))"""


def open_lesson(page, lab, name):
    page.goto(f"{lab}/lab/tree/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_function("window.jupyterapp && window.jupyterapp.shell.currentWidget?.sessionContext", timeout=60_000)


def shoot(page, name):
    """Keep a screenshot where SEQKIT_SHOTS asks for it."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def content(page):
    """The notebook as it stands in the page: the outputs of every cell, drawn or not."""
    return page.evaluate("() => window.jupyterapp.shell.currentWidget.model.toJSON()")


@pytest.mark.parametrize("name", LESSONS)
def test_run_all_shows_every_picture_and_no_error(page, lab, name):
    open_lesson(page, lab, name)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate(RUN_ALL)
    outputs = [out for cell in content(page)["cells"] if cell["cell_type"] == "code" for out in cell["outputs"]]
    assert [out for out in outputs if out["output_type"] == "error"] == []
    assert sum("image/png" in out.get("data", {}) for out in outputs) >= 2
    page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
    page.wait_for_selector(".jp-OutputArea-output img")
    assert all(image["natural"] > 0 for image in page.evaluate(IMAGES))


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_saved_pictures_are_seen_before_anything_is_run(page, lab, theme):
    open_lesson(page, lab, LESSONS[0])
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.wait_for_selector(f'body[data-jp-theme-name="{theme}"]', state="attached")
    picture = page.locator(".jp-OutputArea-output img").nth(1)
    picture.scroll_into_view_if_needed()
    box = picture.evaluate("image => ({natural: image.naturalWidth, shown: image.getBoundingClientRect().width})")
    assert box["natural"] == 1440 and 600 < box["shown"] <= 720
    shoot(page, f"lesson_00_{theme.split()[-1].lower()}")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_verdict_is_a_card_with_a_call_to_copy(page, lab, theme):
    open_lesson(page, lab, "01_what_is_a_chain.ipynb")
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.wait_for_selector(f'body[data-jp-theme-name="{theme}"]', state="attached")
    page.evaluate(RUN_ALL)
    card = page.locator(".seqkit-wrong", has_text="1 of 5 probes")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.content.scrollToItem(13)")
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
    shoot(page, f"card_{theme.split()[-1].lower()}")
