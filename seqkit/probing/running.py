"""A chain run once, with what each layer put out: so that a verdict can say where values part."""

from seqkit.errors import NotAChainError, TraceError
from seqkit.plain import Run, Thing, kind_of
from seqkit.trace import trace


def run(chain, x, **given):
    """`Run` of `chain(x)`. Where nothing can be traced the chain is called plainly; what it raises is raised.

    Args:
        chain: an answer's chain, of any style, or anything that can be called.
        x: its input.
        **given: as of `trace`: `variables`, `state`, `key`, side inputs.
    """
    try:
        traced = trace(chain, x, **given)
    except (NotAChainError, TraceError):
        return Run(chain.apply(given["variables"], x) if "variables" in given else chain(x, **given))
    if traced.error is not None:
        raise traced.error
    return Run(traced.output, [(step.layer, step.output) for step in traced if len(step.position) == 1])


def what_came(thing, is_chain):
    """A `Thing` that says what came back where a chain was asked for."""
    return Thing("a Sequential" if is_chain else kind_of(thing))
