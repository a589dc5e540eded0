"""What a look costs: a trace beside the plain call, the picture, the import of the kit."""

import subprocess
import sys
from statistics import median
from time import perf_counter

import numpy as np

import seqkit as sk
from benchmarks.pairs import compare, row

LAYERS, WIDTH, BATCH = 100, 128, 64
SPEC = sk.Spec([sk.Dense(WIDTH)] * LAYERS, input=(WIDTH,))


def trace_rows():
    """A trace of 100 Dense layers beside the same chain called eagerly, in every style."""
    x = np.random.default_rng(0).normal(size=(BATCH, WIDTH)).astype(np.float32)
    styles = ["objax", "linen", "nnx", "equinox", "keras"]
    try:
        sk.torch.torch.set_num_threads(1)  # its threads and JAX's would get in each other's way
        styles += ["torch"]
    except ImportError:
        print("torch is not installed: no row")
    return all([_trace_row(style, x) for style in styles])


def _trace_row(style, x):
    chain, outside = getattr(sk, style).build(SPEC)
    if style == "torch":
        value = sk.torch.torch.tensor(x)
    else:
        import jax

        value = jax.numpy.asarray(x[0] if style == "equinox" else x)

    def plain():
        if style == "linen":
            return chain.apply(outside["variables"], value).block_until_ready()
        y = chain(value, **outside)
        return y if style == "torch" else y.block_until_ready()

    what = f"trace of {LAYERS} × Dense({WIDTH}), batch {BATCH}, ÷ the call: {style}"
    return compare(what, lambda: sk.trace(chain, value, **outside), plain, 2)


def picture_row():
    """The picture of 24 layers, in milliseconds."""
    chain, outside = sk.objax.build(sk.Spec([sk.Dense(WIDTH), "relu"] * 12, input=(WIDTH,)))
    run = sk.trace(chain, np.ones((1, WIDTH), np.float32), **outside)
    sk.show(run)
    times = []
    for _ in range(31):
        start = perf_counter()
        sk.show(run)
        times.append(perf_counter() - start)
    return row("picture of a 24-layer trace", 0, None, median(times) * 1e3, 30, " ms")


def import_row():
    """`import seqkit` in a fresh Python beside a bare one, in milliseconds."""
    more = []
    for _ in range(15):
        bare, ours = (_fresh(code) for code in ("pass", "import seqkit"))
        more.append(ours - bare)
    return row("import seqkit beyond bare Python", 0, None, median(more) * 1e3, 30, " ms")


def _fresh(code):
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - start


def main():
    """Print the rows."""
    return all([import_row(), trace_rows(), picture_row()])
