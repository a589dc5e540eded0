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

TRAINING = """
import jax, time
from statistics import median
spec = sk.Spec([sk.Dense(64), 'relu', sk.Dense(10)], input=(64,))
chain, given = sk.linen.build(spec)
many = jnp.asarray(np.random.default_rng(0).normal(size=(512, 64)), jnp.float32)
@jax.jit
def step(variables):
    loss = lambda v: (chain.apply(v, many) ** 2).mean()
    return jax.tree.map(lambda p, g: p - 1e-3 * g, variables, jax.grad(loss)(variables))
view = sk.explore(chain, many[:12], **given)
def seconds(look, steps=1500):
    variables, start = given['variables'], time.perf_counter()
    for _ in range(steps):
        variables = step(variables)
        if look:
            view.update(variables)
    jax.block_until_ready(variables)
    return time.perf_counter() - start
seconds(True, 50), seconds(False, 50)
pairs = [(seconds(True), seconds(False)) for _ in range(9)]
print(median(a / b for a, b in pairs), *map(median, zip(*pairs)))
"""
CALL = """
import time
from statistics import median
def ms():
    start = time.perf_counter()
    chain(x).block_until_ready()
    return 1e3 * (time.perf_counter() - start)
print(median(ms() for _ in range(15)))
"""

CELLS = [SETUP, *(f"chain, x = chain_of({layers})" for layers in CHAINS.values()), EXPLORE, MATPLOTLIB, TRAINING, CALL]
EXPLORE_AT, MATPLOTLIB_AT, TRAINING_AT, CALL_AT = range(len(CELLS) - 4, len(CELLS))


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


def call_row(page):
    """The chain's own call, for comparison: no picture of a run can come before the run."""
    print(f"{'    the plain call of that chain, without any picture':58} {'':27} {_printed(page, CALL_AT)[0]:8.0f} ms")


def training_row(page):
    """A loop of 1500 jitted steps that calls `view.update` after each, beside the same loop without."""
    ratio, ours, theirs = _printed(page, TRAINING_AT)
    return row("training with view.update in each step ÷ without", ours, theirs, ratio, 1.05)


def _printed(page, cell):
    visit.command(page, "notebook:clear-all-cell-outputs")
    visit.run_cell(page, cell)
    return [float(word) for word in "".join(out.get("text", "") for out in visit.outputs(page)).split()]


def main():
    """Print the rows."""
    with notebook(CELLS) as page:
        visit.run_cell(page, 0)
        rows = [first_row(page), slider_rows(page), slider_row(page, "100 layers", 65)]
        rows += [slider_row(page, "1000 layers", 120), bytes_row(page), hover_row(page)]
        call_row(page)
        rows += [slider_row(page, "Dense(1000→1000) ×4", 60), edit_rows(page), training_row(page)]
    return all(rows)
