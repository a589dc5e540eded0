"""A notebook in a real JupyterLab, and the time from a real press, move or click in it until the change is painted."""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser import server, visit

TIMES = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


@contextmanager
def notebook(cells):
    """A page that shows the cells, none of them run; `page.received` gains the bytes of each message to it."""
    with TemporaryDirectory() as folder:
        root, home = Path(folder, "notebooks"), Path(folder, "home")
        root.mkdir()
        home.mkdir()
        server.write_notebook(root / "explorer.ipynb", cells)
        with _page(root, home) as (lab, page):
            page.received = _received(page)
            page.add_init_script(TIMES)
            visit.open_notebook(page, lab, "explorer.ipynb")
            yield page


@contextmanager
def _page(root, home):
    """XLA_FLAGS is taken away: the tests compile in a hurry, a learner's kernel does not."""
    with (
        server.serving("lab", root, home, XLA_FLAGS="") as lab,
        server.chromium() as browser,
        server.visiting(browser, width=1600, height=1400) as page,
    ):
        yield lab, page


def _received(page):
    sizes = []
    size = lambda message: sizes.append(len(message if isinstance(message, bytes) else message.encode()))
    page.on("websocket", lambda socket: socket.on("framereceived", size))
    return sizes


def first_ms(page, cell):
    """Milliseconds from running the cell until the explorer that it shows is painted."""
    return _timed(page, lambda: None, "first", cell)


def press_ms(page, slider, key, what="redraw"):
    """Milliseconds from a press of `key` on the slider until the explorer ("redraw") or the "figure" is painted."""
    page.locator(slider).first.focus()
    return _timed(page, lambda: page.keyboard.press(key), what, "keydown")


def click_ms(page, name):
    """Milliseconds from a click on the button of this name until the explorer is painted."""
    button = page.locator(".seqkit-explorer").get_by_role("button", name=name, exact=True)
    return _timed(page, button.click, "redraw", "click")


def hover_ms(page, step):
    """Milliseconds from the pointer's move onto the row of a step until that step is highlighted in every pane."""
    row = page.locator(f'.sk-activations .sk-row[data-step="{step}"]')
    return _timed(page, row.hover, "near", step)


def _timed(page, act, what, given):
    visit.wait_until_idle(page)
    page.evaluate("([what, given]) => seqkitTimes.start(what, given)", [what, given])
    act()
    return page.evaluate("() => seqkitTimes.end()")
