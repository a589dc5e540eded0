"""The explorer is in everybody's reach: keys alone, a narrow page, a large font, a screen reader, both themes."""

import pytest
from playwright.sync_api import expect

from tests.browser import explorer
from tests.browser.axe import violations
from tests.browser.explorer import button, colours, mlp, put, says
from tests.browser.visit import change_theme, shoot

NESTED = """inner = objax.nn.Sequential([objax.nn.Linear(4, 3), jnp.tanh])
view = sk.explore(objax.nn.Sequential([jnp.sin, inner, jnp.abs]), np.ones((2, 4), np.float32))
view"""
FAILING = """view = sk.explore(objax.nn.Sequential([objax.nn.Linear(4, 5), objax.nn.Linear(4, 2), jnp.tanh]),
                  np.ones((2, 4), np.float32))
view"""
BESIDE = """x, chain = np.linspace(-1, 1, 8).reshape(2, 4), objax.nn.Sequential
sk.show(sk.trace(chain([jnp.sin, jnp.tanh]), x), sk.trace(chain([jnp.sin, jnp.abs]), x))"""
DIGIT = """view = sk.explore(sk.Spec([sk.Dense(3)], input=(64,)), np.eye(8, dtype=np.float32).reshape(1, 64))
view"""
FOCUS = """() => { const node = document.activeElement, style = getComputedStyle(node);
    return [node.ariaLabel ?? node.labels?.[0]?.innerText.trim() ?? node.innerText.trim(),
            style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && node.matches(':focus-visible')]; }"""
OVERFLOW = """view => [view, ...view.querySelectorAll('.sk-top, .sk-input, .sk-edit, .sk-closer, .sk-pane, .sk-code')]
    .filter(node => node.scrollWidth > node.clientWidth + 1)
    .map(node => `${node.className} ${node.scrollWidth} ${node.clientWidth}`)"""
OUTSIDE = """view => { const edge = view.getBoundingClientRect();
    return [...view.querySelectorAll('button, select, input, canvas[tabindex], summary')].filter(node => {
        const box = node.getBoundingClientRect();
        return box.width && (box.left < edge.left - 1 || box.right > edge.right + 1); }).map(node => node.outerHTML); }"""


@pytest.fixture
def light_again(stage):
    yield
    change_theme(stage, "Light")


def test_tab_reaches_every_control_in_order_and_the_focus_is_seen(stage):
    view = put(stage, mlp())
    says(stage, "view.selected = 0")
    expect(view.locator(".sk-closer-title")).to_have_text("[0] Linear(4, 5)")
    button(view, "play").focus()
    stage.keyboard.press("Shift+Tab")
    stage.keyboard.press("Tab")
    reached = []
    while stage.evaluate("() => !!document.activeElement.closest('.seqkit-explorer')") and len(reached) < 60:
        name, visible = stage.evaluate(FOCUS)
        assert visible, f"{name}: the focus is not seen"
        reached.append(name)
        stage.keyboard.press("Tab")
    assert reached == [
        *["play", "next", "predict first", "example of the batch", "x[0]", "x[1]", "x[2]", "x[3]", "noise", "reset"],
        *[
            "layer to put in",
            "features of the layer to put in",
            "insert",
            "replace",
            "duplicate",
            "remove",
            "move down",
        ],
        *["chain", "features of layer [0]", "activations", "shared names", "parameters"],
        *["value under the cursor", "code"],
    ]


def test_a_button_keeps_the_focus_where_what_it_does_gives_the_sliders_another_range(stage):
    view = put(stage, mlp())
    most = view.get_by_label("x[0]").get_attribute("max")
    says(stage, "view.x = view.x * 100")
    expect(view.get_by_label("x[0]")).not_to_have_attribute("max", most)
    button(view, "reset").focus()
    stage.keyboard.press("Enter")
    expect(view.get_by_label("x[0]")).to_have_attribute("max", most)
    expect(button(view, "reset")).to_be_focused()


def test_arrows_walk_the_rows_and_fold_a_chain_in_the_chain(stage):
    view = put(stage, NESTED)
    chain, near = view.get_by_role("tree", name="chain"), view.locator(".sk-chain .sk-near")
    chain.focus()
    for key, step in [("Home", "-1"), ("ArrowDown", "0"), ("ArrowDown", "1"), ("End", "y"), ("Home", "-1")]:
        stage.keyboard.press(key)
        expect(near).to_have_attribute("data-step", step)
        at = view.locator(f"[id='{chain.get_attribute('aria-activedescendant')}']")
        expect(at).to_have_attribute("data-step", step)
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft"):
        stage.keyboard.press(key)
    steps = view.locator(".sk-chain .sk-row")
    expect(steps).to_have_count(5)
    expect(view.locator(".sk-activations .sk-row")).to_have_count(4)
    expect(view.get_by_role("treeitem", expanded=False)).to_have_attribute("data-step", "1")
    stage.keyboard.press("Enter")
    expect(view.locator(".sk-chain .sk-selected")).to_have_attribute("data-step", "1")
    stage.keyboard.press("ArrowRight")
    expect(steps).to_have_count(7)
    assert explorer.comes_to(stage, "print(view.selected)", "1")
    view.locator(".sk-chain .sk-glyph", has_text="▾").click()
    expect(steps).to_have_count(5)
    shoot(view, "explorer_folded")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
@pytest.mark.usefixtures("light_again")
def test_axe_finds_nothing_wrong_in_any_state(stage, theme):
    change_theme(stage, theme)
    found = {}
    view = put(stage, mlp())
    found["plain"] = violations(stage, ".seqkit-explorer")
    says(stage, "view.selected = 0")
    expect(view.locator(".sk-closer-title")).to_have_text("[0] Linear(4, 5)")
    view.get_by_text("code", exact=True).click()
    expect(view.locator(".sk-code code")).to_contain_text("objax")
    found["selected, code"] = violations(stage, ".seqkit-explorer")
    shoot(view, f"explorer_selected_{theme.lower()}")
    view.get_by_label("predict first").check()
    expect(view.locator(".sk-asked")).to_have_count(3)
    found["predict"] = violations(stage, ".seqkit-explorer")
    shoot(view, f"explorer_predict_{theme.lower()}")
    for name, code in {"failing": FAILING, "nested": NESTED, "beside": BESIDE, "pad": DIGIT}.items():
        view = put(stage, code)
        found[name] = violations(stage, ".seqkit-explorer")
        shoot(view, f"explorer_{name}_{theme.lower()}")
    assert {state: lines for state, lines in found.items() if lines} == {}


def test_the_colours_follow_the_theme_while_it_is_shown(stage):
    view = put(stage, mlp())
    strip = view.locator(".sk-activations [data-step='1'] .sk-strip")
    light = colours(strip)
    change_theme(stage, "Dark")
    recoloured(strip, "!==", light)
    paper = view.evaluate("node => getComputedStyle(node).backgroundColor.match(/\\d+/g).map(Number)")
    assert paper[0] | paper[1] << 8 | paper[2] << 16 | 255 << 24 in colours(strip)
    shoot(view, "explorer_dark")
    change_theme(stage, "Light")
    recoloured(strip, "===", light)


def recoloured(strip, how, colours):
    """Wait until the colours of a strip are these, or, with `how` "!==", others."""
    differs = f"([node, colours]) => String(({explorer.COLOURS})(node)) {how} String(colours)"
    strip.page.wait_for_function(differs, arg=[strip.element_handle(), colours])


@pytest.mark.parametrize("width, zoom", [(400, 1), (640, 2)])
def test_nothing_sticks_out_of_a_narrow_page_or_at_200_percent(stage, width, zoom):
    for n, code in enumerate((mlp(), FAILING, BESIDE, DIGIT)):
        view = put(stage, code)
        before = view.evaluate(
            "(view, [width, zoom]) => { view.style.zoom = zoom; view.style.width = `${width / zoom}px`; return view.style.cssText; }",
            [width, zoom],
        )
        if "view" in code:
            says(stage, "view.selected = 0")
            view.locator(".sk-chain .sk-selected").wait_for()
        assert view.evaluate(OVERFLOW) == [], before
        assert view.evaluate(OUTSIDE) == []
        shoot(view, f"explorer_{width}_{n}")
