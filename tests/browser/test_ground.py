"""What the other browser tests stand on: cells run, themes change, axe sees what is wrong."""

import pytest
from playwright.sync_api import Error

from tests.browser.axe import violations
from tests.browser.visit import change_theme, open_notebook, outputs, run_all, run_cell

FAINT = "<b style='color: #777; background: #666'>faint</b>"
CELLS = [
    "import ipywidgets",
    "ipywidgets.IntSlider(3)",
    "ipywidgets.Button(description='play')",
    f'ipywidgets.HTML("{FAINT}")',
]


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
    open_notebook(page, jupyter, lesson_of(["count = 0", "count += 1; count"]))
    run_all(page)
    run_cell(page, 1)
    run_cell(page, 1)
    assert [out["data"]["text/plain"] for out in outputs(page)] == ["3"]
