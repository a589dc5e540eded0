"""A learner goes through a run step by step, predicts shapes, and draws the input."""

import pytest
from playwright.sync_api import expect

from tests.browser import explorer
from tests.browser.explorer import button, mlp, put, redrawn, rows, says
from tests.browser.visit import shoot

PAD = """view = sk.explore(sk.Spec([sk.Dense(3)], input=({n},)), np.zeros((2, {n}), np.float32))
view"""


def strips_seen(view):
    """The steps whose strip can be seen."""
    strips = view.locator(".sk-activations .sk-row")
    return strips.evaluate_all(
        """rows => rows.filter(row => getComputedStyle(row.querySelector('.sk-strip')).visibility === 'visible')
            .map(row => Number(row.dataset.step))"""
    )


def shapes_asked(view):
    return view.locator(".sk-chain .sk-asked").count()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_value_travels_layer_by_layer(stage, motion):
    stage.emulate_media(reduced_motion=motion)
    view = put(stage, mlp())
    assert strips_seen(view) == [-1, 0, 1, 2]
    button(view, "next").click()
    assert strips_seen(view) == [-1]
    button(view, "next").click()
    button(view, "next").click()
    assert strips_seen(view) == [-1, 0, 1]
    expect(view.locator(".sk-chain .sk-here")).to_have_attribute("data-step", "1")
    expect(view.locator(".sk-closer-title")).to_have_text("[1] relu")
    assert explorer.comes_to(stage, "print(view.selected)", "1")
    button(view, "back").click()
    assert strips_seen(view) == [-1, 0]
    button(view, "show all").click()
    assert strips_seen(view) == [-1, 0, 1, 2]
    stage.emulate_media(reduced_motion="no-preference")


def test_play_goes_to_the_end_by_itself_and_can_be_paused_from_the_kernel(stage):
    view = put(stage, mlp())
    button(view, "play").click()
    expect(view.locator(".sk-chain .sk-here")).to_have_attribute("data-step", "0")
    button(view, "pause").click()
    assert explorer.comes_to(stage, "print(view.playing)", "False")
    shoot(view, "explorer_paused")
    says(stage, "view.playing = True")
    expect(view.locator(".sk-chain .sk-here")).to_have_attribute("data-step", "2")
    expect(button(view, "play")).to_be_visible()
    assert explorer.comes_to(stage, "print(view.playing)", "False")


def test_a_shape_is_hidden_until_it_is_predicted(stage):
    view = put(stage, mlp())
    view.get_by_label("predict first").check()
    ask, answer, verdict = (
        view.locator(".sk-ask"),
        view.get_by_label("the shape that you expect"),
        view.locator(".sk-verdict"),
    )
    expect(ask).to_contain_text("What shape leaves layer [0] Linear(4, 5)?")
    assert shapes_asked(view) == 3 and strips_seen(view) == [-1]
    assert "(2, 5)" not in view.inner_text() and "(2, 3)" not in view.inner_text()
    shoot(view, "explorer_predict")
    for wrong in ("(2, 4)", "?"):
        answer.fill(wrong)
        stage.keyboard.press("Enter")
        expect(verdict).to_contain_text("✗ not")
        assert shapes_asked(view) == 3
    answer.fill("2, 5")
    stage.keyboard.press("Enter")
    expect(verdict).to_have_text("✓ right: (2, 5)")
    expect(ask).to_contain_text("What shape leaves layer [1] relu?")
    button(view, "next").click()
    expect(answer).to_be_focused()
    assert shapes_asked(view) == 2 and strips_seen(view) == [-1, 0]
    answer.fill("(2, 5)")
    ask.get_by_role("button", name="check").click()
    expect(ask).to_contain_text("What shape leaves layer [2] Linear(5, 3)?")
    answer.fill("(2, 5)")
    stage.keyboard.press("Enter")
    expect(verdict).to_have_text("✗ not (2, 5). Try again, or press next to see it.")
    button(view, "next").click()
    expect(ask).to_be_hidden()
    assert shapes_asked(view) == 0 and strips_seen(view) == [-1, 0, 1, 2]
    button(view, "show all").click()
    view.get_by_label("predict first").uncheck()
    assert strips_seen(view) == [-1, 0, 1, 2]


def test_what_is_hidden_is_not_read_out_either(stage):
    view = put(stage, mlp())
    view.get_by_label("predict first").check()
    expect(view.locator(".sk-asked")).to_have_count(3)
    names = view.locator("[aria-label]").evaluate_all("all => all.map(node => node.ariaLabel)")
    assert [name for name in names if "(2, 5)" in name or "(2, 3)" in name] == []


@pytest.mark.parametrize("side", [8, 28])
def test_a_digit_is_drawn_with_the_pointer_and_with_keys(stage, side):
    view = put(stage, PAD.format(n=side * side))
    pad = view.get_by_role("application")
    expect(pad).to_have_attribute("aria-label", f"{side} by {side} pad: arrows move, Space draws, Backspace erases")
    box = pad.bounding_box()
    cell = box["width"] / side
    with redrawn(view):
        stage.mouse.move(box["x"] + 1.5 * cell, box["y"] + 2.5 * cell)
        stage.mouse.down()
        stage.mouse.move(box["x"] + 5.5 * cell, box["y"] + 2.5 * cell)
        stage.mouse.up()
    stage.wait_for_function("node => node.dataset.state === 'ready'", arg=view.element_handle())
    row = f"view.x.reshape(2, {side}, {side})[0, 2].round(1).tolist()"
    edge = 0.5 if side > 12 else 0
    assert eval(says(stage, f"print({row})")) == pytest.approx([edge, 1, 1, 1, 1, 1, edge] + [0] * (side - 7))
    assert says(stage, "print(view.x[1].any())") == "False"
    shoot(view, f"explorer_pad_{side}")
    with redrawn(view):
        stage.mouse.click(box["x"] + 1.5 * cell, box["y"] + 2.5 * cell, button="right")
    with redrawn(view):
        stage.keyboard.down("Shift")
        stage.mouse.click(box["x"] + 5.5 * cell, box["y"] + 2.5 * cell)
        stage.keyboard.up("Shift")
    left = [0, 0, 0, 1, 0, 0, 0] if side > 12 else [0, 0, 1, 1, 1, 0, 0]
    assert explorer.comes_to(stage, f"print([round(each) for each in {row}[:7]])", str(left))
    pad.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        stage.keyboard.press(key)
    with redrawn(view):
        stage.keyboard.press("Space")
    assert says(stage, f"print(view.x.reshape(2, {side}, {side})[0, 4, 6])") == "1.0"
    with redrawn(view):
        stage.keyboard.press("Backspace")
    assert says(stage, f"print(view.x.reshape(2, {side}, {side})[0, 4, 6])") == "0.0"
    with redrawn(view):
        button(view, "noise").click()
    assert float(says(stage, "print((view.x[1] != 0).mean())")) > 0.4
    with redrawn(view):
        button(view, "clear").click()
    assert says(stage, "print(view.x[0].any(), view.x[1].any())") == "False True"
    with redrawn(view):
        button(view, "reset").click()
    assert says(stage, "print(view.x.any())") == "False"
    assert rows(view, "activations").count() == 2


FOLDED = """chain = objax.nn.Sequential([
    objax.nn.Linear(4, 5), objax.nn.Sequential([objax.nn.Linear(5, 6), objax.functional.relu]), objax.nn.Linear(6, 2)])
view = sk.explore(chain, np.ones((2, 4), np.float32))
view"""
SEVERAL = """from flax import linen
chain = linen.Sequential([lambda x: (x, x[:, :1]), lambda x, first: x + first])
view = sk.explore(chain, jnp.ones((2, 4)), variables={})
view"""


def test_a_folded_chain_is_one_step_and_its_shape_is_asked_like_any(stage):
    view = put(stage, FOLDED)
    view.locator(".sk-chain .sk-row[data-step='1'] .sk-glyph").click()
    view.get_by_label("predict first").check()
    ask, answer = view.locator(".sk-ask"), view.get_by_label("the shape that you expect")
    for name, shape in (("[0] Linear(4, 5)", "(2, 5)"), ("[1] Sequential", "(2, 6)"), ("[2] Linear(6, 2)", "(2, 2)")):
        expect(ask).to_contain_text(f"What shape leaves layer {name}")
        assert shape not in view.inner_text()
        answer.fill(shape)
        stage.keyboard.press("Enter")
        expect(view.locator(".sk-verdict")).to_have_text(f"✓ right: {shape}")
    assert strips_seen(view)[-1] == 4 and shapes_asked(view) == 0


def test_the_value_goes_on_from_inside_a_chain_that_is_folded_away(stage):
    view = put(stage, FOLDED)
    for _ in range(3):
        button(view, "next").click()
    expect(view.locator(".sk-chain .sk-here")).to_have_attribute("data-step", "2")
    view.locator(".sk-chain .sk-row[data-step='1'] .sk-glyph").click()
    button(view, "next").click()
    expect(view.locator(".sk-chain .sk-here")).to_have_attribute("data-step", "4")
    button(view, "back").click()
    expect(view.locator(".sk-chain .sk-here")).to_have_attribute("data-step", "1")


def test_several_shapes_that_leave_a_layer_are_predicted_together_and_the_verdict_is_read_out(stage):
    view = put(stage, SEVERAL)
    view.get_by_label("predict first").check()
    view.get_by_label("the shape that you expect").fill("(2, 4) + (2, 1)")
    stage.keyboard.press("Enter")
    expect(view.locator(".sk-verdict")).to_contain_text("✓ right")
    expect(view.locator(".sk-status")).to_contain_text("✓ right")


def test_a_step_onto_the_selected_layer_leaves_it_selected(stage):
    view = put(stage, mlp())
    view.locator(".sk-chain .sk-row[data-step='0']").click()
    for _ in range(2):
        button(view, "next").click()
    expect(view.locator(".sk-closer-title")).to_have_text("[0] Linear(4, 5)")
    assert explorer.comes_to(stage, "print(view.selected)", "0")
