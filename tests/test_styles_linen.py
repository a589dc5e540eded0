"""`seqkit.styles.linen.Sequential` beside `flax.linen.Sequential`: the same to the bit, and better where that one trips people."""

import copy
import inspect
import pickle
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from flax import linen as nn
from flax.core import FrozenDict
from hypothesis import given
from hypothesis import strategies as st

from seqkit.errors import LayersError
from seqkit.styles.linen import Sequential
from tests.chains import FUNCTIONS, PAIRS, examples, failed, make, notes, outcome, plain, plans, without_path

X = jnp.array([[1.0, -2.0, 0.5], [-0.25, 3.0, 4.0]])
KEY = jax.random.key(11)
RNGS = {"params": KEY, "dropout": jax.random.key(12)}
KINDS = (Sequential, nn.Sequential)


class TwoInputs(nn.Module):
    """A module that takes two values and gives two, by name."""

    @nn.compact
    def __call__(self, left, right):
        return {"left": nn.Dense(3, name="kept")(left), "right": right}


class Flagged(nn.Module):
    """A module that takes a keyword."""

    @nn.compact
    def __call__(self, x, scale=1.0):
        return nn.Dense(3)(x) * scale


def layers():
    """The layer of each name, made anew."""
    return FUNCTIONS | {
        "dense": nn.Dense(3),
        "other": nn.Dense(3, use_bias=False),
        "named": nn.Dense(3, name="mine"),
        "norm": nn.BatchNorm(use_running_average=False, momentum=0.5),
        "dropout": nn.Dropout(0.5, deterministic=False),
        "two": TwoInputs(),
        "flagged": Flagged(),
        "inline": lambda x: nn.Dense(x.shape[-1])(x),
        "misfit": nn.Dense(4),
        "frozen": lambda x: FrozenDict(left=x, right=-x),
    }


MODULES = ["dense", "other", "norm", "dropout", "two", "flagged", "inline"]
PLANS = plans([*FUNCTIONS, *MODULES, *MODULES, "named"])
SOUND = plans(["double", "scaled", "shifted", "relu", "dense", "dense", "other", "norm", "dropout", "inline"])


class Compact(nn.Module):
    """A model that makes its chain inside its own call."""

    plan: tuple
    kind: Any

    @nn.compact
    def __call__(self, x, **kwargs):
        return nn.Dense(3)(make(self.plan, layers(), self.kind)(x, **kwargs))


class Setup(nn.Module):
    """A model that makes its chain in `setup` and calls it twice."""

    plan: tuple
    kind: Any

    def setup(self):
        self.chain = make(self.plan, layers(), self.kind)
        self.head = nn.Dense(3)

    def __call__(self, x, **kwargs):
        return self.head(self.chain(self.chain(x, **kwargs)))


class Field(nn.Module):
    """A model that is given its chain."""

    chain: nn.Module

    @nn.compact
    def __call__(self, x, **kwargs):
        return nn.Dense(3)(self.chain(x, **kwargs))


def top(plan, kind):
    """The chain alone."""
    return make(plan, layers(), kind)


PLACES = {"top": top, "compact": Compact, "setup": Setup, "field": lambda plan, kind: Field(make(plan, layers(), kind))}


def lived(model, *args, **kwargs):
    """A model's initial variables, what it gives with them, and the state it leaves."""
    seen = [outcome(lambda: model.init(RNGS, *args, **kwargs))]
    if seen[0][0] == "returned":
        variables = model.init(RNGS, *args, **kwargs)
        seen.append(outcome(lambda: model.apply(variables, *args, rngs=RNGS, mutable=["batch_stats"], **kwargs)))
        seen.append(outcome(lambda: model.apply(variables, *args, **kwargs)))
    return seen


# ---- a drop-in ----


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_any_chain_has_the_values_paths_and_state_that_linen_gives_it_at_each_place(place):
    @examples(40)
    @given(PLANS, st.sampled_from([{}, {"scale": 2.0}, {"factor": 2.0}]))
    def check(plan, kwargs):
        ours, theirs = (lived(place(plan, kind), X, **kwargs) for kind in KINDS)
        assert ours == theirs

    check()


@examples(40)
@given(plans(["pair", "join", "named_pair", "table", "two", "dense"]), st.integers(0, 3), st.booleans())
def test_any_number_of_inputs_goes_where_linen_sends_it(plan, count, by_name):
    args = [X, 2 * X, -X][:count]
    kwargs = {"left": X, "right": -X} if by_name else {}
    ours, theirs = (lived(top(plan, kind), *args, **kwargs) for kind in KINDS)
    assert ours == theirs


@pytest.mark.parametrize("plan", [*PAIRS, ("frozen", "one_of"), ("frozen", "join")], ids="-".join)
def test_each_kind_of_value_is_handed_on_as_in_linen(plan):
    ours, theirs = (lived(top(plan, kind), X) for kind in KINDS)
    assert ours == theirs


@examples(60)
@given(SOUND)
def test_the_traced_program_is_the_one_of_linen(plan):
    def programs(kind):
        model = Compact(plan, kind)
        init = jax.make_jaxpr(model.init)(RNGS, X)
        variables = jax.eval_shape(model.init, RNGS, X)
        apply = jax.make_jaxpr(lambda v, x: model.apply(v, x, rngs=RNGS, mutable=["batch_stats"]))(variables, X)
        return str(init), str(apply)

    ours, theirs = (outcome(lambda kind=kind: programs(kind)) for kind in KINDS)
    assert ours == theirs


@examples(10)
@given(SOUND.filter(len))
def test_under_jit_grad_and_vmap_it_is_the_chain_of_linen(plan):
    def trained(kind):
        model = top(plan, kind)
        variables = jax.jit(model.init)(RNGS, X)

        def loss(variables, x):
            y, state = model.apply(variables, x, rngs=RNGS, mutable=["batch_stats"])
            return (y**2).sum(), state

        gradients = jax.jit(jax.value_and_grad(loss, has_aux=True))(variables, X)
        return variables, gradients, jax.vmap(lambda x: loss(variables, x)[0])(jnp.stack([X, -X]))

    ours, theirs = (outcome(lambda kind=kind: trained(kind)) for kind in KINDS)
    assert ours == theirs


@pytest.mark.parametrize("plan", [("dense", "relu", ("dense", "dropout")), ("norm", "dense", "pair", "join")], ids=str)
@pytest.mark.parametrize("transform", [nn.jit, nn.remat], ids=["jit", "remat"])
def test_under_the_transforms_of_linen_it_is_the_chain_of_linen(transform, plan):
    ours, theirs = (lived(transform(kind)(list(top(plan, kind).layers)), X) for kind in KINDS)
    assert ours == theirs and ours[1][0] == "returned"

    def gradients(kind):
        model = transform(kind)(list(top(plan, kind).layers))
        variables = model.init(RNGS, X)
        return jax.grad(lambda v: (model.apply(v, X, rngs=RNGS, mutable=["batch_stats"])[0] ** 2).sum())(variables)

    assert plain(gradients(Sequential)) == plain(gradients(nn.Sequential))


def test_a_lifted_vmap_of_the_class_is_the_one_of_linen():
    def stacked(kind):
        vmapped = nn.vmap(kind, variable_axes={"params": 0}, split_rngs={"params": True})
        return lived(vmapped([nn.Dense(3), nn.relu]), X)

    assert stacked(Sequential) == stacked(nn.Sequential)


@examples(40)
@given(PLANS)
def test_its_repr_and_its_table_are_those_of_linen(plan):
    ours, theirs = (top(plan, kind) for kind in KINDS)
    assert without_path(repr(ours)) == without_path(repr(theirs))
    ours, theirs = (outcome(lambda chain=chain: chain.tabulate(RNGS, X)) for chain in (ours, theirs))
    assert ours == theirs


@pytest.mark.parametrize(
    "duplicate",
    [
        copy.copy,
        copy.deepcopy,
        lambda c: pickle.loads(pickle.dumps(c)),
        lambda c: c.clone(),
        lambda c: c.copy(name="n"),
    ],
    ids=["copy", "deepcopy", "pickle", "clone", "with_name"],
)
@pytest.mark.parametrize("plan", [("dense", "double", ("norm", "named")), ("dropout", "double", ("scaled",))], ids=str)
def test_it_is_copied_and_pickled_where_the_chain_of_linen_is(duplicate, plan):
    ours, theirs = (outcome(lambda kind=kind: lived(duplicate(top(plan, kind)), X)) for kind in KINDS)
    assert ours == theirs and (ours[0] == "returned" or "dense" in plan)


def test_it_is_a_module_that_compares_and_hashes_as_one():
    dense = nn.Dense(3)
    assert isinstance(Sequential([dense]), nn.Module)
    assert Sequential((dense, nn.relu)) == Sequential((dense, nn.relu)) != Sequential((nn.relu, dense))
    assert len({Sequential((dense, nn.relu)), Sequential((dense, nn.relu))}) == 1


class Longer(Sequential):
    """A chain with a field of its own."""

    gain: float = 1.0

    def __call__(self, x):
        return super().__call__(x) * self.gain


def test_a_class_made_of_it_may_have_fields_of_its_own():
    assert plain(Longer([abs], 2.0).apply({}, X)) == plain(2 * abs(X))


@pytest.mark.parametrize(
    "layers",
    [[], (), iter([abs]), {abs: 1}, jnp.ones(2), None, 7, "ab", [7], [None], ("ab", abs)],
    ids=lambda layers: type(layers).__name__ + str(len(layers) if hasattr(layers, "__len__") else ""),
)
def test_layers_of_an_odd_kind_are_refused_where_linen_refuses_them(layers):
    ours, theirs = (outcome(lambda kind=kind: kind(layers).apply({}, X)) for kind in KINDS)
    assert ours == theirs or (ours[0] == theirs[0] == "raised" and issubclass(ours[1], theirs[1]))


def test_a_bound_chain_keeps_its_variables_as_that_of_linen():
    def bound(kind):
        chain = top(("dense", "relu", ("other",)), kind)
        chain = chain.bind(chain.init(RNGS, X))
        inner, variables = chain.layers[2].unbind()
        return chain(X), inner.apply(variables, X), chain.variables

    ours, theirs = (outcome(lambda kind=kind: bound(kind)) for kind in KINDS)
    assert ours == theirs and ours[0] == "returned"


def test_captured_intermediates_have_the_paths_of_linen():
    def captured(kind):
        model = Compact(("dense", ("relu", "dense"), "double"), kind)
        return model.apply(model.init(RNGS, X), X, capture_intermediates=True)

    assert plain(captured(Sequential)) == plain(captured(nn.Sequential))


# ---- better ----


def test_a_failing_layer_keeps_its_error_and_gains_a_note_with_the_way_out():
    chain, real = (kind([nn.Dense(3), nn.relu, nn.Dense(2)]) for kind in KINDS)
    variables = chain.init(RNGS, X)
    bad = {"params": variables["params"] | {"layers_2": {"kernel": jnp.ones((4, 2)), "bias": jnp.ones(2)}}}
    ours, theirs = (failed(lambda c=c: c.apply(bad, X)) for c in (chain, real))
    assert (type(ours), str(ours)) == (type(theirs), str(theirs))
    assert notes(lambda: chain.apply(bad, X)) == [
        "layer[2] Dense(2) got shape (2, 3) float32, the output of layer[1] relu. It takes (…, 4). "
        "Initialise the chain with an input of this shape, or let layer[0] put out 4."
    ]


def test_a_convolution_in_groups_takes_all_its_groups():
    chain = Sequential([nn.Conv(8, (3, 3), feature_group_count=2)])
    variables = chain.init(RNGS, jnp.ones((1, 6, 6, 4)))
    assert "It takes (…, 4)." in notes(lambda: chain.apply(variables, jnp.ones((1, 6, 6, 3))))[0]


def test_the_note_names_a_layer_of_a_chain_inside_by_its_whole_index():
    chain = Sequential([abs, Sequential([nn.Dense(3), lambda x: x @ x])])
    assert notes(lambda: chain.init(RNGS, X)) == [
        "layer[1][1] lambda got shape (2, 3) float32, the output of layer[1][0] Dense(3)."
    ]


def test_a_chain_that_fails_twice_gains_no_second_note():
    chain = Sequential([abs, Sequential([lambda x: x @ x])])
    first, second = notes(lambda: chain.init(RNGS, X)), notes(lambda: chain.init(RNGS, X))
    assert first == second and len(first) == 1


def test_an_error_of_jax_survives_with_its_note():
    def branches(x):
        return x if x.sum() > 0 else -x

    error = failed(lambda: jax.jit(lambda x: Sequential([branches]).apply({}, x))(X))
    assert isinstance(error, jax.errors.TracerBoolConversionError)
    assert any(note.startswith("layer[0] branches got shape (2, 3)") for note in error.__notes__)


def test_a_first_layer_that_gets_only_keywords_is_described_by_them():
    (note,) = notes(lambda: Sequential([abs]).apply({}, left=X, right=X))
    assert note.startswith("layer[0] abs got a dict of ")


def test_a_class_put_in_for_an_instance_is_refused_which_linen_initialises_to_nothing():
    assert nn.Sequential([nn.Dense]).init(KEY, 3) == {}
    with pytest.raises(LayersError, match=r"layer\[0\] is the class Dense. Make a layer of it: Dense\(…\)"):
        Sequential([nn.Dense])


@pytest.mark.parametrize("given", [(nn.Dense(3), nn.relu), (nn.relu,), (nn.Dense(3),)])
def test_layers_without_a_list_are_refused_with_the_line_to_write(given):
    names = {2: "Dense(3), relu", 1: "relu" if given[0] is nn.relu else "Dense(3)"}[len(given)]
    error = failed(lambda: Sequential(*given))
    assert isinstance(error, LayersError) and f"Write Sequential([{names}])." in str(error)


def test_a_chain_without_layers_says_what_to_write():
    with pytest.raises(ValueError, match=r"Empty Sequential module.*Sequential\(\[lambda x: x\]\)"):
        Sequential([]).init(KEY, X)


def test_it_has_a_length_an_order_and_an_index_which_the_chain_of_linen_has_not():
    layers = (nn.Dense(3), nn.relu, nn.Dense(2))
    chain = Sequential(layers)
    assert len(chain) == 3 and tuple(chain) == layers and chain[-1] is layers[2] and chain[1] is nn.relu
    assert type(chain[1:]) is Sequential and chain[1:].layers == layers[1:] and chain[::-1].layers == layers[::-1]
    assert type(failed(lambda: chain[3])) is IndexError
    assert type(failed(lambda: nn.Sequential(layers)[0])) is TypeError


def test_a_slice_of_a_bound_chain_shares_its_parameters():
    chain = Sequential([nn.Dense(3), nn.relu, nn.Dense(4), nn.tanh])
    bound = chain.bind(chain.init(RNGS, X))
    assert plain(bound[2:](bound[:2](X))) == plain(bound(X))
    assert plain(bound[2](bound[0:2](X))) == plain(bound[:3](X))


class Halves(nn.Module):
    """A model that runs its chain in two halves; `whole` runs it at once."""

    whole: bool = False

    def setup(self):
        self.chain = Sequential([nn.Dense(3), nn.relu, nn.Dense(4), nn.Dropout(0.5, deterministic=False)])

    def __call__(self, x):
        return self.chain(x) if self.whole else self.chain[2:](self.chain[:2](x))


class CompactHalves(nn.Module):
    """The same, with the chain made inside the call."""

    whole: bool = False

    @nn.compact
    def __call__(self, x):
        chain = Sequential([nn.Dense(3), nn.relu, nn.Dense(4)])
        return chain(x) if self.whole else chain[2:](chain[:2](x))


@pytest.mark.parametrize("model", [Halves, CompactHalves])
def test_slices_inside_a_model_share_the_parameters_of_the_whole_chain(model):
    whole, halves = model(whole=True), model()
    variables = whole.init(RNGS, X)
    assert plain(halves.apply(variables, X, rngs=RNGS)) == plain(whole.apply(variables, X, rngs=RNGS))


def test_slices_inside_a_model_initialise_what_the_whole_chain_initialises():
    whole, halves = (model.init(RNGS, X) for model in (Halves(whole=True), Halves()))
    assert plain(whole) == plain(halves)


def test_no_signature_is_read_for_a_call():
    reads = []

    class Layer:
        __signature__ = property(lambda self: reads.append(1) or inspect.Signature())

        def __call__(self, x):
            return x

    Sequential([Layer(), Layer()]).apply({}, X)
    assert not reads
