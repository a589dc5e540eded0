"""A learner edits a chain in the picture: by buttons, in the box, by keys, by dragging; and takes the code away."""

from playwright.sync_api import expect

from tests.browser.explorer import button, mlp, put, says
from tests.browser.visit import shoot

OWN = """chain, given = sk.objax.build(sk.Spec([sk.Dense(5), 'relu', sk.Dense(3)], input=(4,)), 0)
view = sk.explore(chain, np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4), **given)
view"""
NUMBERED = """
names = {{}}
exec({code!r}, names)
x = view.x
y = eval({call!r}, globals() | names)
print(np.allclose(y, view.trace.output, atol=1e-6), y.shape)"""
DENSE, RELU, LAST = "Linear(4, 5)", "relu", "Linear(5, 3)"


def is_now(view, *names):
    expect(view.locator(".sk-chain .sk-box .sk-name")).to_have_text(list(names))


def box(view, step):
    return view.locator(f".sk-chain [data-step='{step}'] .sk-box")


def test_buttons_edit_the_learners_own_objax_list_and_say_how(stage):
    view = put(stage, OWN)
    choose, operation = view.get_by_label("layer to put in", exact=True), view.locator(".sk-operation")
    choose.select_option("tanh")
    button(view, "insert").click()
    is_now(view, DENSE, RELU, LAST, "tanh")
    expect(operation).to_have_text("chain.insert(3, objax.functional.tanh)")
    box(view, 1).click()
    choose.select_option("sigmoid")
    button(view, "replace").click()
    is_now(view, DENSE, "sigmoid", LAST, "tanh")
    button(view, "duplicate").click()
    is_now(view, DENSE, "sigmoid", "sigmoid", LAST, "tanh")
    expect(operation).to_have_text("chain.insert(2, chain[1])")
    button(view, "move down").click()
    is_now(view, DENSE, "sigmoid", LAST, "sigmoid", "tanh")
    button(view, "move up").click()
    is_now(view, DENSE, "sigmoid", "sigmoid", LAST, "tanh")
    button(view, "remove").click()
    is_now(view, DENSE, "sigmoid", LAST, "tanh")
    expect(operation).to_have_text("del chain[2]")
    assert says(stage, "print(len(chain), view.chain is chain)") == "4 True"
    shoot(view, "explorer_edited")
    for _ in range(6):
        button(view, "undo").click()
    is_now(view, DENSE, RELU, LAST)
    expect(button(view, "undo")).to_be_disabled()
    button(view, "redo").click()
    is_now(view, DENSE, RELU, LAST, "tanh")
    assert says(stage, "print(len(chain))") == "4"


def test_an_edit_of_a_linen_chain_makes_a_new_one(stage):
    view = put(stage, mlp("style='linen'"))
    says(stage, "old, kernel = view.chain, view.given['variables']['params']['layers_2']['kernel']")
    box(view, 1).click()
    view.get_by_label("layer to put in", exact=True).select_option("tanh")
    button(view, "insert").click()
    is_now(view, "Dense(5)", "tanh", "relu", "Dense(3)")
    expect(view.locator(".sk-operation")).to_contain_text("chain = ")
    assert says(stage, "print(len(view.chain.layers), len(old.layers))") == "4 3"
    assert says(stage, "print(view.given['variables']['params']['layers_3']['kernel'] is kernel)") == "True"


def test_keys_edit_the_chain(stage):
    view = put(stage, OWN)
    view.get_by_label("layer to put in", exact=True).select_option("tanh")
    chain = view.get_by_role("tree", name="chain")
    chain.focus()
    for key in ("Home", "ArrowDown", "ArrowDown"):
        stage.keyboard.press(key)
    for key, now in [
        ("d", [DENSE, RELU, RELU, LAST]),
        ("Control+z", [DENSE, RELU, LAST]),
        ("Control+Shift+z", [DENSE, RELU, RELU, LAST]),
        ("Delete", [DENSE, RELU, LAST]),
        ("Home", [DENSE, RELU, LAST]),
        ("ArrowDown", [DENSE, RELU, LAST]),
        ("ArrowDown", [DENSE, RELU, LAST]),
        ("r", [DENSE, "tanh", LAST]),
        ("Control+z", [DENSE, RELU, LAST]),
        ("i", [DENSE, "tanh", RELU, LAST]),
        ("Alt+ArrowUp", ["tanh", DENSE, RELU, LAST]),
        ("Control+z", [DENSE, "tanh", RELU, LAST]),
        ("Control+z", [DENSE, RELU, LAST]),
    ]:
        stage.keyboard.press(key)
        expect(view.locator(".sk-chain .sk-box .sk-name"), key).to_have_text(now)
        expect(chain, key).to_be_focused()
    assert says(stage, "print(len(chain))") == "3"


def test_keys_go_on_with_the_layer_that_an_edit_selected(stage):
    view = put(stage, OWN)
    view.get_by_role("tree", name="chain").focus()
    for key in ("Home", "ArrowDown", "ArrowDown"):
        stage.keyboard.press(key)
    stage.keyboard.press("Alt+ArrowUp")
    is_now(view, RELU, DENSE, LAST)
    stage.keyboard.press("Alt+ArrowDown")
    is_now(view, DENSE, RELU, LAST)


def test_buttons_pressed_by_keys_keep_the_place(stage):
    view = put(stage, OWN)
    says(stage, "view.selected = 1")
    box(view, 1).locator("xpath=ancestor::*[contains(@class, 'sk-selected')]").wait_for()
    for name, now in [
        ("duplicate", [DENSE, RELU, RELU, LAST]),
        ("remove", [DENSE, RELU, LAST]),
        ("undo", [DENSE, RELU, RELU, LAST]),
    ]:
        button(view, name).focus()
        stage.keyboard.press("Enter")
        is_now(view, *now)
        stage.keyboard.press("Tab")
        assert stage.evaluate("() => !!document.activeElement.closest('.sk-edit, .sk-chain')"), name


def test_a_box_is_dragged_to_another_place(stage):
    view = put(stage, OWN)
    start, end = box(view, 1).bounding_box(), box(view, 0).bounding_box()
    stage.mouse.move(start["x"] + 60, start["y"] + 15)
    stage.mouse.down()
    stage.mouse.move(end["x"] + 60, start["y"] - 20)
    stage.mouse.move(end["x"] + 60, end["y"] - 10)
    expect(view.locator(".sk-drop")).to_be_visible()
    stage.mouse.up()
    is_now(view, RELU, DENSE, LAST)
    expect(view.locator(".sk-drop")).to_have_count(0)
    assert says(stage, "print(chain[0].__name__)") == "relu"
    box(view, 0).drag_to(box(view, 1), source_position={"x": 60, "y": 15}, target_position={"x": 60, "y": 20})
    is_now(view, DENSE, RELU, LAST)


def test_the_plus_on_an_edge_inserts_there(stage):
    view = put(stage, OWN)
    view.get_by_label("layer to put in", exact=True).select_option("tanh")
    button(view, "insert before layer [1]").click()
    is_now(view, DENSE, "tanh", RELU, LAST)


def test_a_width_that_does_not_fit_is_said_on_its_edge_and_mended(stage):
    view = put(stage, OWN)
    view.get_by_label("layer to put in", exact=True).select_option("tanh")
    button(view, "insert").click()
    box(view, 0).click()
    width = view.locator(".sk-chain .sk-size")
    width.fill("6")
    stage.keyboard.press("Enter")
    sentence = view.locator(".sk-chain [data-step='2'] .sk-sentence")
    expect(sentence).to_contain_text("layer[2] Linear(5, 3) got shape (2, 6) float32, the output of layer[1] relu")
    is_now(view, "Linear(4, 6)", RELU, LAST, "tanh")
    assert "tanh" in view.locator(".sk-chain .sk-pending").inner_text()
    expect(width).to_be_focused()
    shoot(view, "explorer_mismatch")
    button(view, "make it fit").click()
    is_now(view, "Linear(4, 6)", RELU, "Linear(6, 3)", "tanh")
    expect(view.locator(".sk-sentence")).to_have_count(0)
    assert says(stage, "print(chain(view.x).shape)") == "(2, 3)"


def test_the_code_in_every_style_is_copied_and_gives_the_same_numbers(stage):
    view = put(stage, OWN)
    view.get_by_text("code", exact=True).click()
    code, style = view.locator(".sk-code code"), view.get_by_label("style of the code")
    for name, word in [("linen", "linen"), ("nnx", "nnx"), ("equinox", "eqx"), ("keras", "keras"), ("torch", "torch")]:
        style.select_option(name)
        expect(code).to_contain_text(word, timeout=30_000)
    view.get_by_label("with its numbers").check()
    for name in ("linen", "objax"):
        style.select_option(name)
        expect(code).to_contain_text(f"sk.{name}.load")
        view.locator(".sk-code").get_by_role("button").click()
        expect(view.get_by_role("button", name="copied")).to_be_visible()
        text = stage.evaluate("() => navigator.clipboard.readText()")
        call = text.strip().splitlines()[-1].removeprefix("# ")
        assert says(stage, NUMBERED.format(code=text, call=call)) == "True (2, 3)"
    shoot(view, "explorer_code")
