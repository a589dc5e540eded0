"""`replace_conv(chain)`: a layer put in the place of another, as in any list."""

import objax

from seqkit.draws import array, seed
from seqkit.exercise import Exercise
from seqkit.plain import Thing, kind_of
from seqkit.probing.objax import conv, count, filled, quietly, shapes  # noqa: F401 - draws name conv
from seqkit.probing.running import run

page = Exercise(
    "replace_conv",
    number=8,
    lesson="03_edit_the_chain",
    points=5,
    in_place=True,
    statement="""
Write `replace_conv(chain)`. It puts a new `objax.nn.Conv2D` from 20 to 32 channels, with a kernel of size 3, in the place of
the second convolution in `chain`, and returns `chain`, which is the same list as before.

The second convolution may stand anywhere, between functions and other modules, and others may follow it; there is always one.
Only the layers of the chain itself count: a convolution inside a chain that is one of its layers does not. The numbers in
the new layer are free, the rest of it is as Objax makes it. All other layers stay.

    >>> chain = objax.nn.Sequential([objax.nn.Conv2D(1, 20, 5), objax.functional.relu, objax.nn.Conv2D(20, 64, 5)])
    >>> sum(variable.value.size for variable in replace_conv(chain).vars().values())
    6312
""",
    hints=(
        "A chain of Objax is a list. How do you find out at which positions its convolutions stand?",
        "enumerate gives (position, layer), and isinstance(layer, objax.nn.Conv2D) tells a convolution from the rest.",
        "With the positions in a list `places`: chain[places[1]] = objax.nn.Conv2D(20, 32, 3), then return chain.",
    ),
)


@page.answer
def replace_conv(chain):
    """The chain that was given, its second convolution replaced."""
    Conv2D = objax.nn.Conv2D
    places = [i for i, layer in enumerate(chain) if isinstance(layer, Conv2D)]
    chain[places[1]] = Conv2D(20, 32, 3)
    return chain


relu = objax.functional.relu
tanh = objax.functional.tanh
norm = objax.nn.BatchNorm2D


def drawn(*layers):
    """Draws a chain of these layers: a `seed` in them gets a number of its own."""
    number = seed()

    def draw(rng, size):
        written = [layer.replace("seed", f"seed={number(rng, size)}") for layer in layers]
        return f"objax.nn.Sequential([{', '.join(written)}])"

    return draw


def anywhere(rng, size):
    """Draws a chain with ever more layers that are no convolutions; every other one has a third convolution."""
    front = rng.choice(["relu", "tanh", "norm(1)"], size // 2)
    between = rng.permutation(["norm(20)", "relu", "tanh", "relu"][:size])
    third = ["conv(32, 8, 1, seed)"] * (size % 2)
    layers = [*front, "conv(1, 20, 5, seed)", *between, "conv(20, 32, 1, seed)", "relu", *third, "tanh"]
    return drawn(*layers)(rng, size)


def edited(replace_conv, layers):
    """(the chain of these layers, after an answer was given it; the layers)."""
    chain = objax.nn.Sequential(layers)
    quietly(replace_conv, chain)
    return chain, layers


def told(chain, before):
    """For each layer of a chain where it stood before, or what it is if it is new."""
    return [_told(i, layer, before) for i, layer in enumerate(chain)]


def _told(i, layer, before):
    places = [place for place, old in enumerate(before) if old is layer]
    if places:
        return f"the old layer {i if i in places else places[0]}"
    if isinstance(layer, objax.nn.Conv2D):
        return f"a new Conv2D with a kernel of shape {tuple(layer.w.value.shape)}"
    return kind_of(layer) if isinstance(layer, type) else f"a new {kind_of(layer)}"


CALL = "replace_conv(chain)"
TWO = drawn("conv(1, 20, 5, seed)", "relu", "conv(20, 64, 5, seed)", "tanh")


@page.probe(call=CALL, chain=drawn("conv(1, 20, 5, seed)", "conv(20, 64, 5, seed)"))
def two_convolutions(replace_conv, chain):
    """The new layer stands in the place of the second convolution, and the chain is as long as before."""
    return told(*edited(replace_conv, chain))


@page.probe(call=CALL, times=5, chain=anywhere)
def wherever_it_stands(replace_conv, chain):
    """The second convolution is the second layer that is a Conv2D, whatever stands before it, between and behind."""
    return told(*edited(replace_conv, chain))


@page.probe(call=CALL, chain=TWO)
def the_parameters(replace_conv, chain):
    """With Conv2D(1, 20, 5) in front, 20 + 500 + 32 + 5,760 values are in the chain: 6,312."""
    after, _ = edited(replace_conv, chain)
    return {"shapes": shapes(after), "values": count(after)}


@page.probe(
    call=CALL,
    chain=drawn(
        "objax.nn.Sequential([conv(1, 20, 5, seed), conv(20, 20, 1, seed)])",
        "conv(20, 20, 1, seed)",
        "relu",
        "conv(20, 32, 1, seed)",
    ),
)
def a_chain_inside(replace_conv, chain):
    """A convolution inside a chain that is a layer does not count: only the layers of the chain itself do."""
    inside = list(chain[0])
    after, before = edited(replace_conv, chain)
    return {"layers": told(after, before), "layers of the chain inside": told(before[0], inside)}


@page.probe(call="replace_conv(chain)(x)", chain=TWO, seed=seed(), x=array(1, 1, 6, 7))
def what_comes_out(replace_conv, chain, seed, x):
    """The new layer keeps the height and width of the image, as a Conv2D does that is told nothing else."""
    after, before = edited(replace_conv, chain)
    filled(objax.ModuleList(layer for layer in after if layer not in before), seed)
    return run(after, x)


@page.probe(call=CALL, chain=drawn("conv(1, 20, 5, seed)", "conv(20, 64, 5, seed)"))
def the_chain_comes_back(replace_conv, chain):
    """What comes back is the chain that was given, changed, and no other."""
    given = objax.nn.Sequential(chain)
    returned = quietly(replace_conv, given)
    return Thing("the chain that was given" if returned is given else kind_of(returned))


def new():
    return objax.nn.Conv2D(20, 32, 3)


def convolutions(chain):
    return [i for i, layer in enumerate(chain) if isinstance(layer, objax.nn.Conv2D)]


@page.mistake(
    "The layer at position 2 was replaced, whatever it is. Look for the positions of the convolutions: "
    "isinstance(layer, objax.nn.Conv2D)."
)
def always_position_two(chain):
    chain[2] = new()
    return chain


@page.mistake("The first convolution was replaced. Positions count from 0, so that of the second is places[1].")
def the_first(chain):
    chain[convolutions(chain)[0]] = new()
    return chain


@page.mistake(
    "The last convolution was replaced, and others may follow the second. Its position is places[1], not places[-1]."
)
def the_last(chain):
    chain[convolutions(chain)[-1]] = new()
    return chain


@page.mistake(
    "The new layer was put in front of the old one, which is still there. Assign to its position: chain[i] = …."
)
def inserts(chain):
    chain.insert(convolutions(chain)[1], new())
    return chain


@page.mistake("Nothing comes back. End with: return chain.")
def returns_nothing(chain):
    replace_conv(chain)


@page.mistake(
    "A new chain came back, and the one that was given is what it was. Change that one: chain[i] = …, then return it."
)
def a_new_chain(chain):
    return replace_conv(objax.nn.Sequential(list(chain)))


@page.mistake(
    "The chain is as it was: `layer = …` in a loop, or a change in a copy of the list, leaves it alone. Assign to the position: "
    "chain[i] = …."
)
def assigns_to_the_name(chain):
    for i, layer in enumerate(chain):
        if i == convolutions(chain)[1]:
            layer = new()  # noqa: F841
    return chain


@page.mistake("Every convolution after the first was replaced. Asked is the second alone: stop there.")
def all_but_the_first(chain):
    for i in convolutions(chain)[1:]:
        chain[i] = new()
    return chain


@page.mistake(
    "The second layer that has parameters was replaced, and that need not be a convolution. Ask for "
    "isinstance(layer, objax.nn.Conv2D)."
)
def the_second_module(chain):
    chain[[i for i, layer in enumerate(chain) if isinstance(layer, objax.Module)][1]] = new()
    return chain


@page.mistake("The kernel has size 5. The third argument of Conv2D is that size: objax.nn.Conv2D(20, 32, 3).")
def a_large_kernel(chain):
    chain[convolutions(chain)[1]] = objax.nn.Conv2D(20, 32, 5)
    return chain


@page.mistake(
    "The convolutions inside another chain were counted too. Only the layers of the chain itself count: for each layer ask "
    "isinstance, and do not look inside."
)
def looks_inside(chain):
    found = []

    def look(layers):
        for i, layer in enumerate(layers):
            if isinstance(layer, objax.nn.Conv2D):
                found.append((layers, i))
            elif isinstance(layer, objax.nn.Sequential):
                look(layer)

    look(chain)
    where, i = found[1]
    where[i] = new()
    return chain


@page.mistake(
    "Every layer from the second convolution on was replaced: the count stays at two. Replace one, and stop there: "
    "return chain inside the `if`."
)
def goes_on_after_the_second(chain):
    found = 0
    for i, layer in enumerate(chain):
        found += isinstance(layer, objax.nn.Conv2D)
        if found == 2:
            chain[i] = new()
    return chain


@page.mistake(
    "The layer at position 1 was replaced, whatever it is. Look for the positions of the convolutions: "
    "isinstance(layer, objax.nn.Conv2D)."
)
def always_position_one(chain):
    chain[1] = new()
    return chain
