"""The explorer in a real JupyterLab: from a key press, a click or a move to the paint, beside the matplotlib way."""

from statistics import median

from benchmarks.painted import click_ms, first_ms, hover_ms, notebook, press_ms
from benchmarks.pairs import row
from tests.browser import visit

ROUNDS = 31
OURS, THEIRS = ".sk-input input[type=range]", ".widget-slider .noUi-handle"
"""The slider of each."""

SETUP = """
import ipywidgets, jax.numpy as jnp, matplotlib.pyplot as plt, numpy as np, seqkit as sk
def chain_of(layers):
    chain, _ = sk.objax.build(sk.Spec(layers, input=(16,)))
    x = np.linspace(-1, 1, 16, dtype=np.float32)[None]
    sk.trace(chain, x)  # each shape compiles once, whoever draws it
    return chain, x
"""
CHAINS = {
    "10 layers": "[sk.Dense(16), 'tanh'] * 5",
    "100 layers": "[sk.Dense(16), 'tanh'] * 50",
    "1000 layers": "[sk.Dense(16), 'tanh'] * 500",
    "Dense(1000→1000) ×4": "[sk.Dense(1000)] * 5",
}
EXPLORE = "sk.explore(chain, x)"
MATPLOTLIB = """
def draw(first):
    values = [jnp.asarray(x).at[0, 0].set(first)]
    for layer in chain:
        values.append(layer(values[-1]))
    figure, axes = plt.subplots(len(values), figsize=(6, 0.8 * len(values)), gridspec_kw={'hspace': 1.5})
    for value, ax in zip(values, axes):
        ax.imshow(value, aspect='auto', cmap='RdBu')
        ax.set_title(f'{value.shape}, {value.min():.2g} … {value.max():.2g}', fontsize=8)
    plt.show()
slider = ipywidgets.FloatSlider(0, min=-1, max=1, step=0.01)
ipywidgets.VBox([slider, ipywidgets.interactive_output(draw, {'first': slider})])
"""
"""What a learner would write: a heat strip a layer, with its shape and range, and matplotlib's own axes around it."""

CELLS = [SETUP, *(f"chain, x = chain_of({layers})" for layers in CHAINS.values()), EXPLORE, MATPLOTLIB]
EXPLORE_AT, MATPLOTLIB_AT = len(CELLS) - 2, len(CELLS) - 1


def show(page, chain, *cells):
    """Take away what the cells showed before, make the chain, run the cells."""
    visit.command(page, "notebook:clear-all-cell-outputs")
    for cell in [1 + list(CHAINS).index(chain), *cells]:
        visit.run_cell(page, cell)


def arrow(i):
    """Right and left in turn, so that the slider never comes to its end."""
    return "ArrowLeft" if i % 2 else "ArrowRight"


def first_row(page):
    """From running the cell to the first paint; the very first loads the front end too."""
    show(page, "10 layers")
    very_first, *times = [first_ms(page, EXPLORE_AT) for _ in range(12)]
    print(f"{'    the very first paint, which loads the front end too':58} {'':27} {very_first:8.0f} ms")
    return row("cell run → first paint, 10 layers", 0, None, median(times), 200, " ms")


def slider_rows(page):
    """From a press on a slider to the paint: ours and matplotlib in turn."""
    show(page, "10 layers", EXPLORE_AT, MATPLOTLIB_AT)
    both = [(press_ms(page, OURS, arrow(i)), press_ms(page, THEIRS, arrow(i), "figure")) for i in range(ROUNDS + 2)]
    ours, theirs = map(median, zip(*both[2:], strict=True))
    ratio = median(a / b for a, b in both[2:])
    met = row("slider → painted, 10 layers", 0, None, ours, 50, " ms")
    return row("the same ÷ matplotlib in interactive_output", ours / 1e3, theirs / 1e3, ratio, 0.15) and met


def slider_row(page, chain, bar):
    """From a press on a slider to the paint, without the matplotlib way: it takes seconds here."""
    show(page, chain, EXPLORE_AT)
    times = [press_ms(page, OURS, arrow(i)) for i in range(ROUNDS + 2)][2:]
    return row(f"slider → painted, {chain}", 0, None, median(times), bar, " ms")


def bytes_row(page):
    """What the kernel sends for one press at 1000 layers: the numbers, and Jupyter's messages around them."""
    sizes = []
    for i in range(ROUNDS):
        visit.wait_until_idle(page)
        page.received.clear()
        press_ms(page, OURS, arrow(i))
        visit.wait_until_idle(page)
        sizes.append(sum(page.received))
    return row("received for one press, 1000 layers", 0, None, median(sizes) / 1e3, 20, " kB")


def hover_row(page):
    """From a move of the pointer to the highlight."""
    times = [hover_ms(page, 2 + i % 2) for i in range(ROUNDS + 2)][2:]
    return row("hover → highlighted, 1000 layers", 0, None, median(times), 16, " ms")


def edit_rows(page):
    """From a click on insert, and on remove, to the paint."""
    show(page, "10 layers", EXPLORE_AT)
    page.locator('.sk-chain .sk-row[data-step="1"]').click()
    both = [(click_ms(page, "insert"), click_ms(page, "remove")) for _ in range(ROUNDS + 2)][2:]
    inserted, removed = map(median, zip(*both, strict=True))
    met = row("click on insert → painted, 10 layers", 0, None, inserted, 80, " ms")
    return row("click on remove → painted, 10 layers", 0, None, removed, 80, " ms") and met


def main():
    """Print the rows."""
    with notebook(CELLS) as page:
        visit.run_cell(page, 0)
        rows = [first_row(page), slider_rows(page), slider_row(page, "100 layers", 65)]
        rows += [slider_row(page, "1000 layers", 120), bytes_row(page), hover_row(page)]
        rows += [slider_row(page, "Dense(1000→1000) ×4", 60), edit_rows(page)]
    return all(rows)
