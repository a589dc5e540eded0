"""`deepen(chain)`: two layers more, by append and insert."""

from functools import partial

import objax

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.probing.objax import conv, count, filled, kinds, quietly, shapes  # noqa: F401 - conv is named in drawn code
from seqkit.probing.running import run

page = Exercise(
    "deepen",
    number=9,
    lesson="03_edit_the_chain",
    points=5,
    in_place=True,
    statement="""
Write `deepen(chain)`, which edits an Objax chain in place and returns it. The output of `chain`, an
`objax.nn.Sequential`, has 32 channels. First append `objax.functional.relu`, then insert an
`objax.nn.Conv2D(32, 8, 3)` just before that relu. All other layers stay as they are, and where they are.

    >>> chain = objax.nn.Sequential([objax.nn.Conv2D(20, 32, 3)])
    >>> len(deepen(chain)), len(chain)
    (3, 3)

Of a chain of four layers it makes one of six: with Conv2D(1, 20, 5) and Conv2D(20, 32, 3) in it, 8,624
parameter values. It works for a chain of any length.
""",
    hints=(
        "Which two methods of a Python list put something at its end, and somewhere else?",
        "list.insert(i, item) puts the item before position i, and i may count from the end.",
        "chain.append(objax.functional.relu); chain.insert(-1, objax.nn.Conv2D(32, 8, 3)); return chain",
    ),
)


@page.answer
def deepen(chain):
    """The same chain with a Conv2D(32, 8, 3) and a relu more at its end."""
    chain.append(objax.functional.relu)
    chain.insert(-1, objax.nn.Conv2D(32, 8, 3))
    return chain


relu = objax.functional.relu
leaky = partial(objax.functional.leaky_relu, negative_slope=0.1)


def chain(rng, size):
    """A chain of 1, 4, 2 or 3 layers, as code."""
    a, b = (int(rng.integers(1, 999)) for _ in range(2))
    long = [f"conv(1, 20, 5, seed={a})", "relu", f"conv(20, 32, 3, seed={b})", "leaky"]
    return f"objax.nn.Sequential([{', '.join([long[2:3], long, long[2:], long[:3]][size])}])"


@page.probe(times=2, chain=chain, call="deepen(chain)")
def in_place(deepen, chain):
    """The chain itself is edited, and returned."""
    found = quietly(deepen, chain)
    return {"it returns the chain itself": found is chain, "layers of the chain": len(chain)}


@page.probe(times=4, chain=chain)
def kinds_of_layers(deepen, chain):
    """At the end of the chain come a Conv2D and then a relu, whatever its length."""
    quietly(deepen, chain)
    return {"layers": kinds(chain)}


@page.probe(times=2, chain=chain, call="deepen(chain).vars()")
def parameters(deepen, chain):
    """The new layer is Conv2D(32, 8, 3): 32 channels in, 8 out, a kernel of 3 × 3."""
    found = quietly(deepen, chain)
    return {"shapes": shapes(found), "parameter values": count(found)}


@page.probe(times=2, chain=chain)
def the_other_layers(deepen, chain):
    """All other layers stay as they are, and where they are."""
    before = list(chain)
    quietly(deepen, chain)
    return {"still in their places": [layer is other for layer, other in zip(before, chain, strict=False)]}


@page.probe(times=2, chain=chain, x=array(1, 20, 4, 3), seed=seed())
def its_output(deepen, chain, x, seed):
    """The new convolution keeps the size of the image, and the relu behind it lets no negative value through."""
    deeper = filled(quietly(deepen, chain), seed)
    return run(deeper, x[:, : chain[0].w.value.shape[2]])


@page.mistake(
    "The relu comes before the convolution. Append it first, then insert at -1, which is just before the last."
)
def relu_before(chain):
    chain.append(objax.functional.relu)
    chain.append(objax.nn.Conv2D(32, 8, 3))
    return chain


@page.mistake("The convolution stands one place too early. Append the relu first: then -1 is the place just before it.")
def one_too_early(chain):
    chain.append(objax.functional.relu)
    chain.insert(-2, objax.nn.Conv2D(32, 8, 3))
    return chain


@page.mistake(
    "The place is that of a chain of four layers. Count from the end, chain.insert(-1, …): any length will do."
)
def fixed_place(chain):
    chain.append(objax.functional.relu)
    chain.insert(4, objax.nn.Conv2D(32, 8, 3))
    return chain


@page.mistake("A chain was edited, and nothing returned. End with: return chain.")
def returns_nothing(chain):
    deepen(chain)


@page.mistake("Another chain came back, and the one given is as it was. Edit that one: append and insert change it.")
def another_chain(chain):
    return deepen(objax.nn.Sequential(chain))


@page.mistake(
    "There is no relu at the end: it was not appended, or `chain[-1] = …` took its place. Append it, then insert before it: "
    "chain.insert(-1, …)."
)
def no_relu(chain):
    chain.append(objax.nn.Conv2D(32, 8, 3))
    return chain


@page.mistake("Inputs and outputs are exchanged: Conv2D takes nin before nout, so Conv2D(32, 8, 3).")
def channels_exchanged(chain):
    chain.append(objax.functional.relu)
    chain.insert(-1, objax.nn.Conv2D(8, 32, 3))
    return chain


@page.mistake("The new layer took the place of another: `chain[-2] = …` replaces. Insert it: chain.insert(-1, …).")
def replaces(chain):
    chain.append(objax.functional.relu)
    chain[-2] = objax.nn.Conv2D(32, 8, 3)
    return chain


@page.mistake(
    "`append` changes the chain and returns nothing, so `chain = chain.append(…)` lets the chain go. Call it on a line of its own."
)
def keeps_what_append_returns(chain):
    chain = chain.append(objax.functional.relu)
    chain.insert(-1, objax.nn.Conv2D(32, 8, 3))
    return chain


@page.mistake(
    "A list stands in the chain: append puts in one thing, the list itself. Put in one layer at a time, or use extend."
)
def appends_a_list(chain):
    chain.append([objax.nn.Conv2D(32, 8, 3), objax.functional.relu])
    return chain
