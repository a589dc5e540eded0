"""`seqkit.styles.equinox.Sequential` beside `equinox.nn.Sequential`: the same to the bit, and better where that one trips people."""

import copy
import functools
import inspect
import pickle

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.errors import LayersError
from seqkit.styles import equinox as style
from seqkit.styles.equinox import Sequential
from tests.chains import FUNCTIONS, PAIRS, examples, failed, make, notes, outcome, plain, plans, without_path

X = jnp.array([1.0, -2.0, 0.5])
KEY = jax.random.key(2)
KINDS = (Sequential, eqx.nn.Sequential)


class Noisy(eqx.Module):
    """A layer that needs its key."""

    def __call__(self, x, *, key):
        return x + jax.random.normal(key, x.shape)


class Greedy(eqx.Module):
    """A layer that takes any keyword."""

    def __call__(self, x, **kwargs):
        return x * len(kwargs)


class Counter(eqx.nn.StatefulLayer):
    """A layer that counts its calls in the state."""

    index: eqx.nn.StateIndex

    def __init__(self):
        self.index = eqx.nn.StateIndex(jnp.array(0))

    def __call__(self, x, state, *, key=None):
        count = state.get(self.index) + 1
        return x * count, state.set(self.index, count)


def with_key(f):
    """A plain function as the real chain wants it."""
    return lambda x, *, key=None: f(x)


WITH_KEY = {name: with_key(f) for name, f in FUNCTIONS.items() if name not in ("join", "shifted")}


def layers():
    """The layer of each name, the same values every time."""
    keys = jax.random.split(jax.random.key(0), 3)
    return WITH_KEY | {
        "linear": eqx.nn.Linear(3, 3, key=keys[0]),
        "other": eqx.nn.Linear(3, 3, use_bias=False, key=keys[1]),
        "lambda": eqx.nn.Lambda(jnp.tanh),
        "dropout": eqx.nn.Dropout(0.5),
        "quiet": eqx.nn.Dropout(0.5, inference=True),
        "noisy": Noisy(),
        "greedy": Greedy(),
        "jitted": eqx.filter_jit(eqx.nn.Linear(3, 3, key=keys[2])),
        "misfit": eqx.nn.Linear(4, 4, key=keys[2]),
    }


def stateful_layers():
    """The same, with layers that keep state."""
    return layers() | {"norm": eqx.nn.BatchNorm(3, "batch", momentum=0.5, mode="batch"), "counter": Counter()}


MODULES = ["linear", "other", "lambda", "quiet", "greedy", "jitted"]
PLANS = plans([*WITH_KEY, *MODULES, *MODULES, "dropout", "noisy", "misfit"])
SOUND = plans(["double", "relu", "linear", "other", "lambda", "dropout", "noisy"])
STATEFUL = plans(["linear", "relu", "norm", "counter", "norm", "counter", "dropout", "noisy"], deep=False)
NESTED_STATE = st.tuples(STATEFUL, STATEFUL).map(lambda both: (*both[0], both[1]))


def both(plan):
    """(our chain, the real one) of a plan."""
    return tuple(make(plan, layers(), kind) for kind in KINDS)


def leaves(tree):
    """The paths and values of a tree's arrays."""
    found = jax.tree_util.tree_leaves_with_path(eqx.filter(tree, eqx.is_array))
    return [(jax.tree_util.keystr(path), plain(array)) for path, array in found]


# ---- a drop-in ----


@examples(60)
@given(PLANS, st.none() | st.just(KEY))
def test_any_chain_gives_what_equinox_gives_with_the_same_keys(plan, key):
    ours, theirs = both(plan)
    assert outcome(lambda: ours(X, key=key)) == outcome(lambda: theirs(X, key=key))


@pytest.mark.parametrize("plan", [pair for pair in PAIRS if "join" not in pair], ids="-".join)
def test_each_kind_of_value_is_handed_on_as_in_equinox(plan):
    ours, theirs = both(plan)
    assert outcome(lambda: ours(X)) == outcome(lambda: theirs(X))


@examples(60)
@given(PLANS)
def test_every_path_and_value_and_the_repr_are_those_of_equinox(plan):
    ours, theirs = both(plan)
    assert leaves(ours) == leaves(theirs)
    assert without_path(repr(ours)) == without_path(repr(theirs))
    assert ours.is_stateful() is theirs.is_stateful() is False


@examples(60)
@given(SOUND)
def test_the_traced_program_is_the_one_of_equinox(plan):
    def program(chain):
        arrays, rest = eqx.partition(chain, eqx.is_array)
        return str(jax.make_jaxpr(lambda a, x, key: eqx.combine(a, rest)(x, key=key))(arrays, X, KEY))

    ours, theirs = both(plan)
    assert program(ours) == program(theirs)


def batched(kind, plan):
    """What a chain with state gives over a batch, twice, and the state that it leaves."""

    def run():
        chain, state = eqx.nn.make_with_state(lambda: make(plan, stateful_layers(), kind))()
        kept, batch = [chain.is_stateful()], jnp.stack([X, -X, 2 * X])
        keys = jax.random.split(KEY, 3)
        for _ in range(2):
            y, state = jax.vmap(chain, axis_name="batch", in_axes=(0, None), out_axes=(0, None))(batch, state)
            kept.append((y, jax.tree.leaves(state)))
        run_with_keys = lambda x, state, key: chain(x, state, key=key)
        y, state = jax.vmap(run_with_keys, (0, None, 0), (0, None), "batch")(batch, state, keys)
        return kept, y, jax.tree.leaves(state)

    return run


@examples(30)
@given(STATEFUL | NESTED_STATE)
def test_any_state_goes_through_the_chain_as_in_equinox(plan):
    ours, theirs = (outcome(batched(kind, plan)) for kind in KINDS)
    assert ours == theirs


@pytest.mark.parametrize("plan", [(), ("linear", "relu"), ("linear", ("dropout",))], ids=str)
def test_a_state_that_no_layer_keeps_is_handed_back_as_in_equinox(plan):
    ours, theirs = (outcome(lambda chain=chain: chain(X, "state", key=KEY)) for chain in both(plan))
    assert ours == theirs and ours[0] == "returned"


def test_a_stateful_layer_without_state_fails_as_in_equinox():
    ours, theirs = (
        outcome(lambda kind=kind: eqx.nn.make_with_state(lambda: kind([Counter()]))()[0](X)) for kind in KINDS
    )
    assert ours == theirs and ours[0] == "raised"


@examples(10)
@given(SOUND)
def test_under_filter_jit_filter_grad_and_filter_vmap_it_is_the_chain_of_equinox(plan):
    def trained(chain):
        step = eqx.filter_jit(eqx.filter_value_and_grad(lambda c, x, key: (c(x, key=key) ** 2).sum()))
        value, gradients = step(chain, X, KEY)
        batch = eqx.filter_vmap(lambda c, x: c(x, key=KEY), in_axes=(None, 0))(chain, jnp.stack([X, -X]))
        return plain(value), leaves(gradients), plain(batch), leaves(eqx.apply_updates(chain, gradients))

    ours, theirs = both(plan)
    assert trained(ours) == trained(theirs)


@pytest.mark.parametrize("transform", [jax.jit, jax.grad, jax.vmap], ids=["jit", "grad", "vmap"])
def test_under_the_transforms_of_jax_it_is_the_chain_of_equinox(transform):
    def seen(chain):
        f = chain if transform is jax.vmap else lambda x: chain(x).sum()
        return plain(transform(f)(jnp.stack([X, X]) if transform is jax.vmap else X))

    ours, theirs = both(("linear", "relu", ("other", "lambda")))
    assert seen(ours) == seen(theirs)


def test_an_ensemble_made_by_filter_vmap_is_that_of_equinox():
    def ensemble(kind):
        create = eqx.filter_vmap(lambda key: kind([eqx.nn.Linear(3, 3, key=key), eqx.nn.Lambda(jnp.tanh)]))
        chains = create(jax.random.split(KEY, 4))
        return leaves(chains), plain(eqx.filter_vmap(lambda chain: chain(X))(chains))

    assert ensemble(Sequential) == ensemble(eqx.nn.Sequential)


def test_a_layer_that_stands_twice_is_two_as_in_equinox():
    ours, theirs = both(("linear", "linear"))
    replaced = [eqx.tree_at(lambda c: c.layers[0].bias, chain, jnp.ones(3)) for chain in (ours, theirs)]
    assert leaves(replaced[0]) == leaves(replaced[1]) and plain(replaced[0](X)) == plain(replaced[1](X))


def test_inference_mode_reaches_its_layers_as_in_equinox():
    ours, theirs = (eqx.nn.inference_mode(chain) for chain in both(("dropout", ("dropout", "linear"))))
    assert plain(ours(X)) == plain(theirs(X))


def test_what_is_saved_of_one_is_loaded_into_the_other(tmp_path):
    ours, theirs = both(("linear", "relu", ("other",)))
    eqx.tree_serialise_leaves(tmp_path / "chain.eqx", theirs)
    blank = jax.tree.map(lambda leaf: leaf * 0 if eqx.is_array(leaf) else leaf, ours)
    assert leaves(eqx.tree_deserialise_leaves(tmp_path / "chain.eqx", blank)) == leaves(ours)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))])
@pytest.mark.parametrize("plan", [("linear", "quiet", ("other",)), ("relu",)], ids=str)
def test_it_is_copied_and_pickled_where_the_chain_of_equinox_is(duplicate, plan):
    ours, theirs = (
        outcome(lambda chain=chain: (leaves(duplicate(chain)), duplicate(chain)(X))) for chain in both(plan)
    )
    assert ours == theirs


@examples(40)
@given(plans(["linear", "lambda", "double"]), st.integers(-5, 5) | st.sampled_from(["a", None, 1.0, (0,), True]))
def test_an_index_gives_the_layer_that_equinox_gives(plan, index):
    ours, theirs = both(plan)
    assert outcome(lambda: leaves(ours[index])) == outcome(lambda: leaves(theirs[index]))


@examples(40)
@given(plans(["linear", "other", "lambda"]), st.slices(4))
def test_a_slice_is_a_chain_as_in_equinox(plan, part):
    ours, theirs = both(plan)
    assert type(ours[part]) is Sequential and len(ours[part]) == len(theirs[part])
    assert leaves(ours[part]) == leaves(theirs[part]) and plain(ours[part](X)) == plain(theirs[part](X))


def test_it_is_a_module_that_equinox_takes_for_stateful():
    assert isinstance(Sequential([]), eqx.Module) and isinstance(Sequential([]), eqx.nn.StatefulLayer)
    assert issubclass(style.StatefulLayer, eqx.nn.StatefulLayer)


def test_ours_runs_inside_a_chain_of_equinox_and_the_other_way_round():
    def outer(kind, inner):
        chain, state = eqx.nn.make_with_state(lambda: kind([inner([Counter(), eqx.nn.Dropout(0.5)]), Counter()]))()
        y, state = chain(X, state, key=KEY)
        return plain(y), plain(jax.tree.leaves(state))

    assert outer(Sequential, eqx.nn.Sequential) == outer(eqx.nn.Sequential, Sequential) == outer(Sequential, Sequential)


def test_lambda_is_the_lambda_of_equinox():
    ours, theirs = style.Lambda(jnp.tanh), eqx.nn.Lambda(jnp.tanh)
    assert plain(ours(X, key=KEY)) == plain(theirs(X, key=KEY)) == plain(ours(X))
    assert without_path(repr(ours)) == without_path(repr(theirs))
    assert jax.tree.leaves(ours) == jax.tree.leaves(theirs)


@pytest.mark.parametrize("given", [[], (), iter(()), {}, None, 7, abs], ids=lambda value: type(value).__name__)
def test_it_takes_the_iterables_that_equinox_takes(given):
    ours, theirs = (outcome(lambda kind=kind: kind(copy.copy(given))(X)) for kind in KINDS)
    assert ours == theirs or (ours[0] == theirs[0] == "raised" and issubclass(ours[1], theirs[1]))


# ---- better ----


def linear(taken, given):
    """A linear layer."""
    return eqx.nn.Linear(taken, given, key=KEY)


def test_a_failing_layer_keeps_its_error_and_gains_a_note_with_the_way_out():
    ours, theirs = (kind([linear(3, 5), eqx.nn.Lambda(jax.nn.relu), linear(4, 2)]) for kind in KINDS)
    mine, real = failed(lambda: ours(X)), failed(lambda: theirs(X))
    assert (type(mine), str(mine)) == (type(real), str(real))
    assert notes(lambda: ours(X)) == [
        "layer[2] Linear(4, 2) got shape (5,) float32, the output of layer[1] Lambda(relu). It takes (…, 4). "
        "Give layer[2] in_features=5, or let layer[0] put out 4."
    ]


def test_the_advice_names_the_last_layer_that_may_change_the_width():
    passing = [eqx.nn.Lambda(jax.nn.relu), eqx.nn.Dropout(0.5, inference=True)]
    (said,) = notes(lambda: Sequential([linear(3, 5), *passing, linear(4, 2)])(X))
    assert said.endswith(
        "the output of layer[2] Dropout(0.5). It takes (…, 4). Give layer[3] in_features=5, or let layer[0] put out 4."
    )
    (said,) = notes(lambda: Sequential([*passing, linear(4, 2)])(X))
    assert said.endswith("Give layer[2] in_features=3, or hand the chain 4.")
    (said,) = notes(lambda: Sequential([Sequential([linear(3, 5), *passing, linear(4, 2)])])(X))
    assert said.endswith("Give layer[0][3] in_features=5, or let layer[0][0] put out 4.")


def test_a_weight_put_in_the_wrong_way_round_brings_no_advice_to_state_what_is_stated():
    turned = eqx.tree_at(lambda layer: layer.weight, linear(3, 5), jnp.ones((3, 5)))
    assert notes(lambda: Sequential([turned])(X)) == [
        "layer[0] Linear(3, 5) got shape (3,) float32, the input of the chain. It takes (…, 5)."
    ]


@pytest.mark.parametrize(
    ("layer", "batch", "takes"),
    [
        (linear(3, 2), (5, 3), "(3,)"),
        (linear(3, 2), (3, 3), "(3,)"),
        (eqx.nn.Conv2d(1, 2, 3, key=KEY), (5, 1, 8, 8), "(1, …, …)"),
    ],
    ids=["linear", "square", "convolution"],
)
def test_a_batch_handed_to_a_chain_for_one_example_is_told_of_vmap(layer, batch, takes):
    (note,) = notes(lambda: Sequential([layer, abs, abs, linear(9, 9)])(jnp.ones(batch)))
    assert note.endswith(f"It takes {takes}: one example. Call jax.vmap(chain) with a batch.")


def test_of_a_layer_that_takes_a_scalar_no_vector_is_said():
    (note,) = notes(lambda: Sequential([linear("scalar", 2)])(X))
    assert note == "layer[0] Linear(scalar, 2) got shape (3,) float32, the input of the chain."


def test_the_note_names_a_layer_of_a_chain_inside_by_its_whole_index():
    chain = Sequential([abs, Sequential([abs, Sequential([linear(4, 2)])])])
    (note,) = notes(lambda: chain(X))
    assert note.startswith("layer[1][1][0] Linear(4, 2) got shape (3,) float32, the input of its chain, layer[1][1].")


def test_a_chain_that_fails_twice_gains_no_second_note():
    chain = Sequential([Sequential([linear(4, 2)])])
    first, second = notes(lambda: chain(X)), notes(lambda: chain(X))
    assert first == second and len(first) == 1


def test_an_error_of_jax_survives_with_its_note():
    def branches(x):
        return x if x.sum() > 0 else -x

    error = failed(lambda: eqx.filter_jit(Sequential([branches]))(X))
    assert isinstance(error, jax.errors.TracerBoolConversionError)
    assert any(note.startswith("layer[0] branches got shape (3,)") for note in error.__notes__)


def test_a_stateful_layer_that_gets_no_state_says_how_to_make_one():
    chain, _ = eqx.nn.make_with_state(lambda: Sequential([Sequential([Counter()])]))()
    told = [note for note in failed(lambda: chain(X)).__notes__ if "eqx.nn.make_with_state" in note]
    assert len(told) == 1 and "call the chain with (x, state)" in told[0]


@pytest.mark.parametrize("key", [None, KEY], ids=["no key", "key"])
@pytest.mark.parametrize(
    "f",
    [jax.nn.relu, abs, lambda x: x + 1, functools.partial(jnp.clip, min=0), int],
    ids=lambda value: type(value).__name__,
)
def test_a_plain_function_is_called_without_key_where_equinox_fails(f, key):
    assert outcome(lambda: eqx.nn.Sequential([f])(X[0], key=key))[0] == "raised"
    assert plain(Sequential([f])(X[0], key=key)) == plain(f(X[0]))


@pytest.mark.parametrize("key", [None, KEY], ids=["no key", "key"])
def test_a_layer_without_key_is_called_without_it_where_equinox_fails(key):
    activation = eqx.nn.PReLU(0.1)
    assert type(failed(lambda: eqx.nn.Sequential([activation])(X, key=key))) is TypeError
    assert plain(Sequential([activation])(X, key=key)) == plain(activation(X))


def test_a_layer_without_key_still_uses_up_its_share_of_the_keys():
    dropout = eqx.nn.Dropout(0.5)
    real = eqx.nn.Sequential([eqx.nn.Lambda(jax.nn.relu), dropout])
    assert plain(Sequential([jax.nn.relu, dropout])(X, key=KEY)) == plain(real(X, key=KEY))


def test_wrapped_layers_of_one_class_are_asked_one_by_one_whether_they_take_a_key():
    plain_function, dropout = eqx.filter_jit(lambda x: x + 1), eqx.filter_jit(eqx.nn.Dropout(0.5))
    chain = Sequential([plain_function, dropout])
    assert plain(chain(X, key=KEY)) == plain(eqx.nn.Dropout(0.5)(X + 1, key=jax.random.split(KEY, 2)[1]))


def test_a_class_put_in_for_an_instance_is_refused_with_the_line_to_write():
    with pytest.raises(LayersError, match=r"layer\[1\] is the class Linear\. Make a layer of it: Linear\(…\)"):
        Sequential([abs, eqx.nn.Linear])


@pytest.mark.parametrize("given", [(linear(3, 4), jax.nn.relu), (jax.nn.relu,), (linear(3, 4),)], ids=len)
def test_layers_without_a_list_are_refused_with_the_line_to_write(given):
    names = ", ".join("relu" if layer is jax.nn.relu else "Linear(3, 4)" for layer in given)
    error = failed(lambda: Sequential(*given))
    assert isinstance(error, LayersError) and f"Write Sequential([{names}])." in str(error)


def test_the_signature_is_read_once_for_a_class_of_modules():
    reads = []

    class Layer(eqx.Module):
        __signature__ = property(lambda self: reads.append(1) or inspect.Signature())

        def __call__(self, x):
            return x

    chain = Sequential([Layer(), Layer()])
    for _ in range(4):
        chain(X, key=KEY)
    assert len(reads) == 1
