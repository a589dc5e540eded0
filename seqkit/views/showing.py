"""What a learner calls to see a chain: `show(trace)` to look at a run, `explore(chain, x)` to touch the chain itself."""

import importlib

import numpy as np

from seqkit.errors import SpecError, TraceError
from seqkit.spec import Spec
from seqkit.steps import Trace
from seqkit.trace import STYLES
from seqkit.views.comparison import Comparison
from seqkit.views.explorer import Explorer
from seqkit.views.looking import PANES, Look


def show(trace, other=None, *, panes=PANES):
    """The picture of a run; of two runs, side by side with the first difference marked.

    Args:
        trace: what `trace(chain, x)` returned.
        other: another trace, of the same style or not.
        panes: of one run: which of "chain", "activations", "parameters".

    Returns:
        A widget, `Look` or `Comparison`: the last line of a cell shows it, and where no kernel runs its still picture.

    Raises:
        TraceError: it is no trace, or a pane is not known.
    """
    for each in (trace,) if other is None else (trace, other):
        if not isinstance(each, Trace):
            raise TraceError(
                f"show got a value of type {type(each).__name__}. It takes a trace: show(trace(chain, x))."
            )
    return Look(trace, panes) if other is None else Comparison(trace, other)


def explore(chain, x=None, *, style="objax", seed=0, panes=PANES, **given):
    """The picture of a chain that can be touched: another input, another layer, step by step.

    Args:
        chain: a chain, as `trace` takes it; or a `Spec`, which is built first.
        x: what the chain is called with; of a spec it may be left out, then two drawn examples are shown.
        style: of a spec: the style to build it in.
        seed: of a spec: the seed of its parameters and of the drawn examples.
        panes: which of "chain", "activations", "parameters".
        **given: what the call takes beside x, as `trace` takes it: `variables`, `state`, `key`, side inputs.

    Returns:
        An `Explorer`. An edit of an Objax or PyTorch chain changes that very chain, as its list methods do; the others
        get a new one, `view.chain`.

    Raises:
        NotAChainError, TraceError: as `trace`; TraceError too if x is missing.
        SpecError: a style that is none.
    """
    if isinstance(chain, Spec):
        chain, x, built = _build(chain, x, style, seed)
        given = built | given
    if x is None:
        raise TraceError("explore got no x. It takes what the chain is called with: explore(chain, x).")
    return Explorer(chain, x, given, panes)


def _build(plan, x, style, seed):
    if style not in STYLES.values():
        raise SpecError(f"explore got style={style!r}. It takes one of {', '.join(STYLES.values())}.")
    module = importlib.import_module(f"seqkit.styles.{style}")
    chain, given = module.build(plan, seed)
    return chain, _drawn(plan, style, module, seed) if x is None else x, given


def _drawn(plan, style, module, seed):
    """Two examples (Equinox: one) for a spec, of both signs, as the style wants its axes."""
    x = np.random.default_rng(seed).normal(size=(2, *plan.input)).astype(np.float32)
    x = np.moveaxis(x, 3, 1) if x.ndim == 4 and module.LAYOUT.channels_first else x
    x = np.round(x, 2)
    x = x if module.LAYOUT.batched else x[0]
    return module.torch.tensor(x) if style == "torch" else x
