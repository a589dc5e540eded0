"""What a visitor does with an explorer, and sees of it: one notebook whose last cell is written anew for each test."""

import re
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.browser import server
from tests.browser.visit import open_notebook, outputs, run_all, wait_until_idle

IMPORTS = "import numpy as np, jax, jax.numpy as jnp, objax, ipywidgets\nimport seqkit as sk"
MLP = "view = sk.explore(sk.Spec([sk.Dense(5), 'relu', sk.Dense(3)], input=(4,)){})\nview"
WRITE_AND_RUN = """async code => {
    const app = window.jupyterapp, notebook = app.shell.currentWidget.content, last = notebook.widgets.length - 1;
    notebook.widgets[last].model.sharedModel.setSource(code);
    notebook.deselectAll();
    notebook.activeCellIndex = last;
    await app.commands.execute('notebook:run-cell');
}"""
ASK = """async code => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel, said = [];
    const future = kernel.requestExecute({code});
    future.onIOPub = ({content}) => said.push(content.text ?? content.evalue ?? '');
    await future.done;
    return said.join('').trim();
}"""
COLOURS = """canvas => [...new Set(new Uint32Array(
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer))]"""
MORE = "([node, n]) => Number(node.dataset.drawn) > n"


@contextmanager
def stage(jupyter, browser):
    """A page with a notebook, its imports run; `put` fills its last cell."""
    with server.visiting(browser) as page:
        server.write_notebook(jupyter.root / "stage.ipynb", [IMPORTS, "pass"])
        open_notebook(page, jupyter, "stage.ipynb")
        run_all(page)
        yield page
    jupyter.end_kernels()


def mlp(more=""):
    """A cell that shows a chain of three layers in an explorer, `view`; `more` is what else `explore` gets."""
    return MLP.format(more and f", {more}")


def put(page, code):
    """Write code into the last cell, run it, and return the first explorer of the page once it is drawn."""
    page.evaluate(WRITE_AND_RUN, code)
    wait_until_idle(page)
    assert [out["evalue"] for out in outputs(page) if out["output_type"] == "error"] == []
    return explorer(page)


def explorer(page, n=0):
    """The explorer at place `n` of the page, once it is drawn."""
    found = page.locator(".seqkit-explorer").nth(n)
    expect(found).to_have_attribute("data-drawn", re.compile(r"[1-9]\d*"), timeout=20_000)
    return found


def says(page, code):
    """What code prints in the kernel of the notebook, beside its cells."""
    return page.evaluate(ASK, code)


@contextmanager
def redrawn(view):
    """What happens inside makes the kernel send new numbers: wait until they are painted."""
    before = int(view.get_attribute("data-drawn"))
    yield
    view.page.wait_for_function(MORE, arg=[view.element_handle(), before], timeout=15_000)


def rows(view, pane):
    """The rows of a pane that are in the page: "chain", "tree" or "activations"."""
    return view.locator(f".sk-{pane} .sk-row")


def button(view, name):
    """The button of this name."""
    return view.get_by_role("button", name=name, exact=True)


def layers(view):
    """The names of the layers in the chain pane, in order."""
    return view.locator(".sk-chain .sk-box .sk-name").all_inner_texts()


def said(view, step):
    """What is said of the values of a step beside its strip."""
    return view.locator(f".sk-activations [data-step='{step}'] .sk-said").inner_text()


def colours(canvas):
    """The different colours of a canvas, as numbers."""
    return canvas.evaluate(COLOURS)


def comes_to(page, code, wanted):
    """Whether the kernel says `wanted` in the end: what the page sends may wait for an answer to what it sent before."""
    return any(says(page, code) == wanted for _ in range(50))
