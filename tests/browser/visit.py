"""What a visitor does with a notebook: the same in JupyterLab and in Notebook 7."""

import os
from pathlib import Path

SHOTS = os.environ.get("SEQKIT_SHOTS")
PANEL = "const app = window.jupyterapp, panel = app.shell.currentWidget;"
READY = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN_CELL = f"""async i => {{
    {PANEL} panel.content.deselectAll(); panel.content.activeCellIndex = i; await app.commands.execute('notebook:run-cell');
}}"""
SCROLL = f"async i => {{ {PANEL} await panel.content.scrollToItem(i); }}"


def open_notebook(page, jupyter, name):
    """Open it and wait until its kernel is ready."""
    page.goto(jupyter.url(name))
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    wait_until_idle(page)


def wait_until_idle(page):
    """Wait until the kernel has nothing left to do."""
    page.wait_for_function(READY, timeout=120_000)


def command(page, name, **arguments):
    """Run a command of the application, by its id, and wait until it is done."""
    page.evaluate(
        "([name, some]) => window.jupyterapp.commands.execute(name, some).then(() => null)", [name, arguments]
    )


def run_all(page):
    """Run every cell and wait until the last has ended."""
    command(page, "notebook:run-all-cells")
    wait_until_idle(page)


def run_cell(page, i):
    """Run the cell at position `i` and wait until it has ended."""
    page.evaluate(RUN_CELL, i)
    wait_until_idle(page)


def scroll_to_cell(page, i):
    """Bring the cell at position `i` into view: a cell far away is not in the page at all."""
    page.evaluate(SCROLL, i)


def content(page):
    """The notebook as it stands in the page: the outputs of every cell, drawn or not."""
    return page.evaluate("() => window.jupyterapp.shell.currentWidget.model.toJSON()")


def outputs(page):
    """Every output of every code cell, in order."""
    return [out for cell in content(page)["cells"] for out in cell.get("outputs", [])]


def change_theme(page, theme):
    """Change to "Light" or "Dark" and wait until the page has it."""
    command(page, "apputils:change-theme", theme=f"JupyterLab {theme}")
    page.wait_for_selector(f'body[data-jp-theme-name="JupyterLab {theme}"]', state="attached")


def shoot(page, name, **options):
    """Keep a screenshot where SEQKIT_SHOTS asks for it; `page` may be a locator."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", **options)
