"""What may go wrong around an explorer: a chain that raises or is slow, hostile names, a thousand layers, a lost kernel."""

import pytest
from playwright.sync_api import expect

from tests.browser import explorer
from tests.browser.explorer import button, colours, mlp, put, redrawn, rows, says
from tests.browser.visit import shoot, wait_until_idle

RAISES = """class Refusing(objax.nn.Sequential):
    def __call__(self, x):
        if x[0, 0] > 1:
            raise ValueError('x[0, 0] is too great for me')
        return super().__call__(x)
view = sk.explore(Refusing([jnp.sin]), np.ones((2, 4), np.float32))
view"""
SLOW = """import time
runs = []
def slow(x):
    runs.append(time.sleep(0.4))
    return x
view = sk.explore(objax.nn.Sequential([slow]), np.ones((2, 4), np.float32))
view"""
LONG = """view = sk.explore(objax.nn.Sequential([jnp.sin] * 1000), np.ones((2, 16), np.float32))
view"""
HOSTILE = """markup = '<img src=x onerror="window.__hacked=1">'
def named(x):
    return {markup: x, 'b"><script>window.__hacked=1</script>': 2 * x}
named.__name__ = markup
def last(x):
    raise ValueError(markup)
last.__name__ = '<b>last</b>'
view = sk.explore(objax.nn.Sequential([jnp.sin, named, last]), np.ones((2, 4), np.float32))
view"""
KERNEL = "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel."
GONE = {"restarts": KERNEL + "restart(); }", "dies": KERNEL + "requestExecute({code: 'import os; os._exit(1)'}); }"}
HELD = """import gc, ipywidgets
gc.collect()
print(len(ipywidgets.widgets.widget._instances), sum(type(each).__name__ == 'Trace' for each in gc.get_objects()))"""


def test_a_slow_chain_never_freezes_the_slider(stage):
    view = put(stage, SLOW)
    slider = view.get_by_label("x[0]")
    slider.focus()
    with redrawn(view):
        for _ in range(10):
            stage.keyboard.press("ArrowRight")
        assert float(slider.input_value()) == pytest.approx(1 + 10 * float(slider.get_attribute("step")))
        expect(view).to_have_attribute("data-state", "busy")
    expect(view).to_have_attribute("data-state", "ready", timeout=10_000)
    assert float(says(stage, "print(view.x[0, 0])")) == pytest.approx(float(slider.input_value()), abs=1e-6)
    assert int(says(stage, "print(len(runs))")) < 8, "of the values that wait only the last is run"


@pytest.fixture
def impatient(stage):
    """A page in which 5 s are over after a tenth of one."""
    stage.evaluate("""() => { const later = window.__later = window.setTimeout;
        window.setTimeout = (act, ms, ...more) => later(act, ms === 5000 ? 100 : ms, ...more); }""")
    yield
    stage.evaluate("() => { window.setTimeout = window.__later; }")


@pytest.mark.usefixtures("impatient")
def test_a_kernel_that_does_not_answer_is_told_until_it_does(stage):
    view = put(stage, SLOW.replace("0.4", "2"))
    view.get_by_label("x[0]").focus()
    with redrawn(view):
        stage.keyboard.press("ArrowRight")
        expect(view.get_by_role("alert")).to_contain_text("The kernel has not answered for 5 s")
        expect(view).to_have_attribute("data-state", "lost")
    expect(view.get_by_role("alert")).to_be_hidden()
    expect(view).to_have_attribute("data-state", "ready")


def test_a_thousand_layers_have_only_those_in_sight_in_the_page(stage):
    view = put(stage, LONG)
    assert all(1 < rows(view, pane).count() < 30 for pane in ("chain", "activations"))
    chain = view.get_by_role("tree", name="chain")
    chain.focus()
    stage.keyboard.press("End")
    last = view.locator(".sk-activations [data-step='999'] .sk-strip")
    expect(last).to_be_visible()
    assert rows(view, "chain").count() + rows(view, "activations").count() < 60
    stage.wait_for_function(
        f"strip => ({explorer.COLOURS})(strip).length > 1 || strip.width === 16", arg=last.element_handle()
    )
    assert 0 not in colours(last)
    with redrawn(view):
        says(stage, "view.x = np.linspace(-1, 1, 32, dtype=np.float32).reshape(2, 16)")
    assert len(colours(last)) > 2
    shoot(view, "explorer_thousand")
    stage.keyboard.press("Home")
    expect(view.locator(".sk-chain [data-step='0']")).to_be_visible()
    first = view.locator(".sk-activations [data-step='0'] .sk-strip")
    stage.wait_for_function(f"strip => ({explorer.COLOURS})(strip).length > 2", arg=first.element_handle())
    for key, step in [("PageDown", "6"), ("PageUp", "-1")]:
        stage.keyboard.press(key)
        expect(view.locator(".sk-chain .sk-near")).to_have_attribute("data-step", step)


def test_the_end_of_a_long_chain_is_its_output(stage):
    view = put(stage, LONG)
    view.get_by_role("tree", name="chain").focus()
    stage.keyboard.press("End")
    y = view.locator(".sk-chain [data-step='y']")
    expect(y).to_be_attached()
    pane, row = view.locator(".sk-chain .sk-scroll").bounding_box(), y.bounding_box()
    assert row["y"] + row["height"] <= pane["y"] + pane["height"] + 1


def test_names_and_messages_of_the_learners_code_are_text(stage):
    view = put(stage, HOSTILE)
    says(stage, "view.selected = 1")
    expect(view.locator(".sk-closer-title")).to_contain_text('[1] <img src=x onerror="window.__hacked=1">')
    assert "<img src=x onerror" in view.locator(".sk-chain [data-step='2']").inner_text()
    assert "<b>last</b>" in view.locator(".sk-chain [data-step='2'] .sk-name").inner_text()
    assert view.locator("img, script, b:not(.sk-headline, .sk-letter)").count() == 0
    assert stage.evaluate("() => window.__hacked") is None
    shoot(view, "explorer_hostile")


def test_running_a_cell_again_holds_no_more_than_before(stage):
    cell = "view = sk.explore(objax.nn.Sequential([jnp.sin]), np.ones((3, 1234), np.float32))\nview"
    put(stage, cell)
    put(stage, cell)
    held = says(stage, HELD)
    for _ in range(4):
        put(stage, cell)
    assert says(stage, HELD) == held


def test_a_chain_that_raises_before_its_first_layer_says_so_and_goes_on(stage):
    view = put(stage, RAISES)
    warning = view.get_by_role("alert")
    view.get_by_label("x[0]").focus()
    with redrawn(view):
        stage.keyboard.press("ArrowRight")
    expect(warning).to_have_text("ValueError: x[0, 0] is too great for me")
    shoot(view, "explorer_raised")
    with redrawn(view):
        button(view, "reset").click()
    expect(warning).to_be_hidden()


@pytest.mark.parametrize("how", ["restarts", "dies"])
def test_a_kernel_that_is_gone_leaves_a_message_and_the_picture(stage, how):
    says(stage, explorer.IMPORTS)
    view = put(stage, mlp())
    stage.evaluate(GONE[how])
    expect(view).to_have_attribute("data-state", "lost", timeout=30_000)
    expect(view.get_by_role("alert")).to_contain_text("run the cells above and this one again")
    if how == "dies":
        stage.get_by_role("dialog").get_by_role("button", name="Ok").click()
    slider = view.get_by_label("x[0]")
    before = slider.input_value()
    slider.focus()
    stage.keyboard.press("ArrowRight")
    assert slider.input_value() != before
    assert len(colours(view.locator(".sk-activations [data-step='1'] .sk-strip"))) > 1
    shoot(view, "explorer_lost")
    wait_until_idle(stage)
