"""A learner looks at a chain: the panes, the values, what is near, what is selected, two runs side by side."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import explorer
from tests.browser.explorer import button, colours, layers, mlp, put, redrawn, rows, said, says
from tests.browser.visit import command, open_notebook, run_all, shoot

README = Path(__file__).parents[2] / "README.md"
IMAGES = """spec = sk.Spec([sk.Conv2D(4, 3), 'relu', sk.Flatten(), sk.Dense(2)], input=(6, 5, 1))
view = sk.explore(spec, style='linen')
view"""
LINKED = """
n = ipywidgets.IntSlider(0, 0, 1)
ipywidgets.jslink((n, 'value'), (view, 'index'))
ipywidgets.VBox([n, view])"""
COMPARED = """a, _ = sk.objax.build(sk.Spec([sk.Dense(5), 'relu', sk.Dense(3)], input=(4,)), 0)
b, _ = sk.objax.build(sk.Spec([sk.Dense(5), 'tanh', sk.Dense(3)], input=(4,)), 0)
x = np.linspace(-1, 1, 8).reshape(2, 4)
sk.show(sk.trace(a, x), sk.trace(b, x))"""


def shows_the_whole_chain(page):
    view = explorer.explorer(page)
    assert layers(view) == ["Linear(4, 5)", "relu", "Linear(5, 3)"]
    assert rows(view, "chain").first.locator(".sk-shape").inner_text() == "(2, 4) float32"
    assert view.locator(".sk-chain .sk-batch").all_inner_texts() == ["2"] * 4
    assert view.locator(".sk-chain .sk-count").all_inner_texts() == ["25", "18"]
    assert view.locator(".sk-tree .sk-path").all_inner_texts()[0] == "(Sequential)[0](Linear).b"
    assert view.locator(".sk-tree .sk-foot").inner_text() == "43 parameters · 172 B"
    strips = view.locator(".sk-strip").all()
    assert len(strips) == 4 and all(len(colours(strip)) > 1 for strip in strips)
    assert 0xFF000000 not in {colour for strip in strips for colour in colours(strip)}


def slides_and_leaves_the_notebook_alone(page, heading):
    """Keys that Jupyter takes for its own, on a slider and on a pane: a heading stands above and may not fold."""
    view, cells = explorer.explorer(page), page.locator(".jp-Notebook .jp-Cell").count()
    slider, before, y = view.get_by_label("x[0]"), said(view, 2), says(page, "print(view.x[0, 0])")
    slider.focus()
    with redrawn(view):
        page.keyboard.press("ArrowRight")
    assert float(says(page, "print(view.x[0, 0])")) == pytest.approx(float(y) + 0.01, abs=1e-6)
    assert said(view, 2) != before
    for place in (slider, view.get_by_role("tree", name="chain"), button(view, "noise")):
        place.focus()
        for key in ("x", "ArrowLeft", "ArrowUp", "j", "ArrowLeft"):
            page.keyboard.press(key)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    expect(view).to_be_visible()
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def make_heading(page, text):
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    page.evaluate(
        "text => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(text)", text
    )
    command(page, "notebook:change-cell-to-markdown")
    command(page, "notebook:run-cell")


def test_run_all_shows_three_linked_panes(stage):
    put(stage, mlp())
    shows_the_whole_chain(stage)
    shoot(stage.locator(".seqkit-explorer"), "explorer_light")


def test_the_code_of_the_readme_gives_its_picture(stage):
    """`SEQKIT_SHOTS=images` with this test alone renews images/explorer.png."""
    code = README.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    view = put(stage, code)
    says(stage, "view.selected = 2")
    expect(view.locator(".sk-closer-title")).to_have_text("[2] Linear(32, 10)")
    stage.mouse.move(0, 0)
    shoot(view, "explorer")


def test_notebook_7_shows_the_same_and_keeps_its_own_keys(page, notebook7, lesson_of):
    name = lesson_of(["pass", explorer.IMPORTS, mlp()])
    open_notebook(page, notebook7, name)
    make_heading(page, "# a heading")
    run_all(page)
    shows_the_whole_chain(page)
    slides_and_leaves_the_notebook_alone(page, "a heading")
    shoot(page, "explorer_notebook7")


def test_a_slider_moves_the_chain_and_its_keys_stay_with_it(stage):
    make_heading(stage, "# a heading")
    put(stage, mlp())
    slides_and_leaves_the_notebook_alone(stage, "a heading")


def test_beside_a_strip_stands_what_is_to_be_known_of_its_values(stage):
    """Like the still picture, 0 % and 100 % are only said of none and all; it knows the other examples as well."""
    put(
        stage,
        """x = np.ones((2, 1000), np.float32); x[:, 0] = 0
view = sk.explore(objax.nn.Sequential([lambda x: x, jnp.negative, jax.nn.relu, jnp.log]), x)
view""",
    )
    view = explorer.explorer(stage)
    assert said(view, 0) == "0 … 1 · 1 % zero · 1 of 1,000 dead"
    assert said(view, 2) == "0 … 0 · 100 % zero · 1,000 of 1,000 dead"
    assert said(view, 3) == "not finite"


def test_what_is_under_the_pointer_is_marked_everywhere_without_asking_the_kernel(stage):
    view = put(stage, mlp())
    with redrawn(view):  # what the view asks for once it has been laid out is asked by now
        button(view, "noise").click()
    stage.evaluate("""() => { const send = WebSocket.prototype.send; window.__sent = 0;
        WebSocket.prototype.send = function (data) {
            window.__sent += new TextDecoder().decode(data).includes("comm_msg");  // not Jupyter's own heartbeats
            return send.call(this, data); }; }""")
    view.locator(".sk-chain [data-step='2'] .sk-box").hover()
    near = view.locator(".sk-near")
    expect(near).to_have_count(5)
    assert near.evaluate_all("rows => rows.map(row => row.dataset.step)") == ["2"] * 5
    view.locator(".sk-tree [data-step='0']").first.hover()
    expect(view.locator(".sk-chain .sk-near")).to_have_attribute("data-step", "0")
    view.locator(".sk-headline").hover()
    expect(near).to_have_count(0)
    assert stage.evaluate("() => window.__sent") == 0
    view.locator(".sk-chain [data-step='2'] .sk-box").click()
    stage.wait_for_function("() => window.__sent > 0")


def test_the_selection_is_a_trait_that_goes_both_ways(stage):
    view = put(stage, mlp())
    view.locator(".sk-chain [data-step='1'] .sk-box").click()
    expect(view.locator(".sk-activations .sk-selected")).to_have_attribute("data-step", "1")
    expect(view.locator(".sk-closer-title")).to_have_text("[1] relu")  # the kernel has heard of it and answered
    assert says(stage, "print(view.selected, view.trace[view.selected].layer)") == "1 relu"
    chain = view.get_by_role("tree", name="chain")
    chain.focus()
    stage.keyboard.press("Escape")
    expect(view.locator(".sk-selected")).to_have_count(0)
    assert explorer.comes_to(stage, "print(view.selected)", "None")
    for key in ("Home", "ArrowDown", "Enter"):
        stage.keyboard.press(key)
    expect(view.locator(".sk-chain .sk-selected")).to_have_attribute("data-step", "0")
    assert says(stage, "view.selected = 2") == ""
    expect(view.locator(".sk-chain .sk-selected")).to_have_attribute("data-step", "2")
    expect(view.locator(".sk-closer-title")).to_have_text("[2] Linear(5, 3)")
    view.locator(".sk-chain [data-step='2'] .sk-box").click()
    expect(view.locator(".sk-selected")).to_have_count(0)
    assert explorer.comes_to(stage, "print(view.selected)", "None")


def test_keys_go_on_from_the_row_that_was_clicked(stage):
    view = put(stage, mlp())
    view.locator(".sk-chain [data-step='1'] .sk-box").click()
    expect(view.locator(".sk-chain .sk-selected")).to_have_attribute("data-step", "1")
    stage.keyboard.press("ArrowDown")
    expect(view.locator(".sk-chain .sk-near")).to_have_attribute("data-step", "2")


def test_the_selected_layer_gives_its_exact_numbers(stage):
    view = put(stage, mlp())
    says(stage, "view.selected = 2")
    value, grid = view.locator(".sk-value"), view.locator(".sk-grid")
    y = [float(each) for each in says(stage, "print(*view.trace[2].output[0].tolist())").split()]
    grid.focus()
    for i, key in [(0, "Home"), (1, "ArrowRight"), (2, "End")]:
        stage.keyboard.press(key)
        expect(value).to_contain_text(f"value [{i}] = ")
        assert float(value.inner_text().split(" = ")[1].replace("−", "-")) == pytest.approx(y[i], rel=1e-6)
    box = grid.bounding_box()
    grid.hover(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(value).to_contain_text("value [1] = ")
    shoot(view, "explorer_selected")


def test_the_value_under_the_pointer_is_told(stage):
    view = put(stage, mlp())
    strip, readout = view.locator(".sk-activations [data-step='2'] .sk-strip"), view.locator(".sk-readout")
    strip.hover(position={"x": 3, "y": 12})
    expect(readout).to_contain_text("[2] Linear(5, 3) · value [0] = ")
    y = float(says(stage, "print(view.trace[2].output[0, 0])"))
    assert float(readout.inner_text().split(" = ")[1].replace("−", "-")) == pytest.approx(y, rel=1e-5)
    view.locator(".sk-headline").hover()
    expect(readout).to_have_text("")
    view = put(stage, "sk.show(sk.trace(objax.nn.Sequential([abs]), np.arange(128.0)[None]))")
    view.locator(".sk-activations [data-step='-1'] .sk-strip").hover(position={"x": 2, "y": 12})
    expect(view.locator(".sk-readout")).to_have_text("x · mean of values 0 to 1 = 0.5")


def test_parameters_have_the_names_that_every_style_shares_where_they_are_asked_for(stage):
    view = put(stage, mlp())
    button(view, "shared names").click()
    expect(view.locator(".sk-tree .sk-path")).to_have_text(["0.bias", "0.weight", "2.bias", "2.weight"])
    button(view, "shared names").click()
    expect(view.locator(".sk-tree .sk-path").first).to_have_text("(Sequential)[0](Linear).b")


def test_another_example_of_the_batch_and_a_plain_slider_are_one(stage):
    put(stage, mlp() + LINKED)
    view = explorer.explorer(stage)
    first = said(view, 2)
    view.get_by_label("example of the batch").fill("1")
    stage.keyboard.press("Enter")
    expect(view.locator(".sk-activations [data-step='2'] .sk-said")).not_to_have_text(first)
    assert says(stage, "print(view.index, n.value)") == "1 1"
    says(stage, "n.value = 0")
    expect(view.get_by_label("example of the batch")).to_have_value("0")
    expect(view.locator(".sk-activations [data-step='2'] .sk-said")).to_have_text(first)


def test_an_image_is_seen_channel_by_channel(stage):
    view = put(stage, IMAGES)
    view.locator(".sk-chain [data-step='1'] .sk-box").click()
    value, grid = view.locator(".sk-value"), view.locator(".sk-grid")
    for channel in (0, 3):
        view.get_by_label("channel").select_option(str(channel))
        grid.focus()
        stage.keyboard.press("Home")
        for key in ["ArrowDown", "ArrowRight"]:
            stage.keyboard.press(key)
        y = float(says(stage, f"print(float(view.trace[1].output[0, 1, 1, {channel}]))"))
        expect(value).to_contain_text("value [1, 1] = ")
        stage.wait_for_function(
            "([node, y]) => Math.abs(Number(node.textContent.split(' = ')[1].replace('−', '-')) - y) < 1e-5",
            arg=[value.element_handle(), y],
        )
    shoot(view, "explorer_image")


def test_bytes_that_are_nearly_a_million_are_a_megabyte(stage):
    view = put(stage, "sk.explore(objax.nn.Sequential([objax.nn.Linear(832, 300)]), np.ones((1, 832), np.float32))")
    expect(view.locator(".sk-tree .sk-foot")).to_have_text("249,900 parameters · 1.00 MB")


def test_two_runs_stand_side_by_side_with_the_first_difference_framed(stage):
    view = put(stage, COMPARED)
    assert "first difference is at layer[1]" in view.locator(".sk-sum").inner_text()
    first = view.locator(".sk-first")
    expect(first).to_have_count(1)
    assert first.get_attribute("data-step") == "1" and "they differ by at most" in first.inner_text()
    assert view.locator(".sk-equal").all_inner_texts() == ["=", "≠", "≠"]
    assert all(len(colours(strip)) > 1 for strip in view.locator(".sk-strip").all())
    shoot(view, "explorer_beside")
    view.locator(".sk-row[data-step='2']").click()
    expect(view.locator(".sk-row[aria-selected='true']")).to_have_attribute("data-step", "2")
