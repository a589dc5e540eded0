"""What the other browser tests stand on: cells run, themes change, axe sees what is wrong."""

from urllib.request import urlopen

import pytest
from playwright.sync_api import Error

from tests.browser import server
from tests.browser.axe import violations
from tests.browser.visit import change_theme, open_notebook, outputs, run_all, run_cell

FAINT = "<b style='color: #777; background: #666'>faint</b>"
CELLS = [
    "import ipywidgets",
    "ipywidgets.IntSlider(3)",
    "ipywidgets.Button(description='play')",
    f'ipywidgets.HTML("{FAINT}")',
]


LATE = """import http.server, sys, time
print("is running at", file=sys.stderr, flush=True)
time.sleep(0.5)
port = next(int(each[7:]) for each in sys.argv if each.startswith("--port="))
http.server.HTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler).serve_forever()"""


def test_a_server_is_up_once_it_answers(tmp_path, monkeypatch):
    """Jupyter says that it is running before it listens."""
    (tmp_path / "late.py").write_text(LATE)
    monkeypatch.setitem(server.APPS, "late", ("late", "Late", "tree"))
    with server.serving("late", tmp_path, tmp_path) as up:
        assert urlopen(up.address).status == 200


def test_cells_run_and_axe_sees_the_slider_that_has_no_name(page, jupyter, lesson_of):
    open_notebook(page, jupyter, lesson_of(CELLS))
    run_all(page)
    change_theme(page, "Dark")
    assert [out["data"]["text/plain"] for out in outputs(page)] == [
        "IntSlider(value=3)",
        "Button(description='play', style=ButtonStyle())",
        f'HTML(value="{FAINT}")',
    ]
    (line,) = violations(page, ".widget-slider")
    assert line.startswith("aria-input-field-name: ") and "noUi-handle" in line
    assert violations(page, ".widget-button") == []
    (line,) = violations(page, ".widget-html")
    assert line.startswith("color-contrast: ") and "faint" in line
    with pytest.raises(Error, match="No elements found"):
        violations(page, ".nothing-of-this-class")


def test_one_cell_runs_again_and_no_other(page, jupyter, lesson_of):
    open_notebook(page, jupyter, lesson_of(["count = 0", "count += 1; count", "pass"]))
    run_all(page)
    run_cell(page, 1)
    run_cell(page, 1)
    assert [out["data"]["text/plain"] for out in outputs(page)] == ["3"]
