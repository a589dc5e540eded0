"""`seqkit.styles.nnx.Sequential` beside `flax.nnx.Sequential`: the same to the bit, and better where that one trips people."""

import copy
import inspect
import pickle

import jax
import jax.numpy as jnp
import pytest
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from seqkit.errors import LayersError
from seqkit.styles.nnx import Sequential
from tests.chains import FUNCTIONS, PAIRS, examples, failed, make, notes, outcome, plain, plans, without_path

X = jnp.array([[1.0, -2.0, 0.5], [-0.25, 3.0, 4.0]])
KINDS = (Sequential, nnx.Sequential)


def noisy(x, *, rngs=None):
    """A function that takes `rngs`."""
    return x if rngs is None else x + jax.random.normal(rngs.noise(), x.shape)


def layers():
    """The layer of each name, the same values every time, none shared with another call."""
    rngs = nnx.Rngs(4)
    return FUNCTIONS | {
        "noisy": noisy,
        "linear": nnx.Linear(3, 3, rngs=rngs),
        "norm": nnx.BatchNorm(3, momentum=0.5, rngs=rngs),
        "dropout": nnx.Dropout(0.5, rngs=rngs),
        "bare dropout": nnx.Dropout(0.5),
        "misfit": nnx.Linear(4, 4, rngs=rngs),
        "lora": nnx.Linear(3, 3, use_bias=False, rngs=rngs),
    }


MODULES = ["linear", "norm", "dropout", "bare dropout", "lora", "noisy"]
PLANS = plans([*FUNCTIONS, *MODULES, *MODULES, "misfit"])
SOUND = plans(["double", "scaled", "relu", "linear", "linear", "norm", "dropout", "lora"])


def of(kind):
    """A chain of a list of layers, as `make` wants it."""
    return lambda parts: kind(*parts)


def both(plan):
    """(our chain, the real one) of a plan, with layers of their own."""
    return tuple(make(plan, layers(), of(kind)) for kind in KINDS)


def kept(model):
    """The paths, kinds and values of all that a model keeps."""
    return [(path, type(leaf), plain(leaf.get_value())) for path, leaf in nnx.to_flat_state(nnx.state(model))]


def called(chain, *args, seed=None, **kwargs):
    """What two calls give, what the chain keeps after them, and where the `rngs` that they got stand."""
    rngs = None if seed is None else nnx.Rngs(seed, noise=1)
    side_inputs = kwargs if rngs is None else {"rngs": rngs, **kwargs}
    seen = [outcome(lambda: chain(*args, **side_inputs)) for _ in range(2)]
    return seen, kept(chain), kept(rngs) if rngs else None


# ---- a drop-in ----


@examples(60)
@given(PLANS, st.none() | st.just(5), st.sampled_from([{}, {"factor": 2.0}, {"nobody": 0}]), st.booleans())
def test_any_chain_gives_what_nnx_gives(plan, seed, kwargs, training):
    ours, theirs = both(plan)
    for chain in (ours, theirs):
        chain.train() if training else chain.eval()
    assert called(ours, X, seed=seed, **kwargs) == called(theirs, X, seed=seed, **kwargs)


@examples(40)
@given(plans(["pair", "join", "named_pair", "table", "linear", "builtin"]), st.integers(0, 3), st.booleans())
def test_any_number_of_inputs_goes_where_nnx_sends_it(plan, count, by_name):
    ours, theirs = both(plan)
    args, kwargs = [X, 2 * X, -X][:count], {"left": X, "right": -X} if by_name else {}
    assert called(ours, *args, seed=5, **kwargs) == called(theirs, *args, seed=5, **kwargs)
    assert called(ours, *args, **kwargs) == called(theirs, *args, **kwargs)


@pytest.mark.parametrize("plan", PAIRS, ids="-".join)
def test_each_kind_of_value_is_handed_on_as_in_nnx(plan):
    ours, theirs = both(plan)
    assert called(ours, X) == called(theirs, X)


@examples(60)
@given(PLANS)
def test_every_path_and_value_and_the_repr_are_those_of_nnx(plan):
    ours, theirs = both(plan)
    assert kept(ours) == kept(theirs)
    assert without_path(repr(ours)) == without_path(repr(theirs))


@examples(40)
@given(SOUND)
def test_the_traced_program_is_the_one_of_nnx(plan):
    def program(chain):
        graph, state = nnx.split(chain)

        def pure(state, x):
            model = nnx.merge(graph, state)
            return model(x, rngs=nnx.Rngs(0)), nnx.state(model)

        return str(jax.make_jaxpr(pure)(state, X))

    ours, theirs = both(plan)
    assert program(ours) == program(theirs)


@examples(10)
@given(SOUND)
def test_under_jit_and_gradients_it_is_the_chain_of_nnx(plan):
    @nnx.jit
    def step(model, x):
        value, gradients = nnx.value_and_grad(lambda model: (model(x) ** 2).sum())(model)
        return value, nnx.to_pure_dict(gradients)

    def trained(chain):
        return [outcome(lambda: step(chain, X)) for _ in range(2)], kept(chain)

    ours, theirs = both(plan)
    assert trained(ours) == trained(theirs)


@pytest.mark.parametrize("plan", [(), ("linear", "relu", ("linear", "norm")), ("linear", "dropout", "linear")], ids=str)
def test_split_and_merge_give_the_chain_back_as_nnx_does(plan):
    def again(chain):
        model = nnx.merge(*nnx.split(chain))
        return type(model) is type(chain), called(model, X), called(nnx.clone(chain), X), kept(chain)

    ours, theirs = both(plan)
    assert again(ours) == again(theirs) and again(ours)[0]


@pytest.mark.parametrize("transform", [nnx.remat, nnx.jit, jax.jit], ids=["remat", "nnx.jit", "jax.jit"])
def test_under_the_transforms_of_nnx_and_jax_it_is_the_chain_of_nnx(transform):
    def seen(chain):
        return plain(transform(lambda model, x: model(x))(chain, X)), kept(chain)

    ours, theirs = both(("linear", "relu", ("linear", "double")))
    assert seen(ours) == seen(theirs)


def test_a_stack_made_by_vmap_and_run_by_scan_is_that_of_nnx():
    def stacked(kind):
        @nnx.vmap
        def create(key):
            return kind(nnx.Linear(3, 3, rngs=nnx.Rngs(key)), nnx.tanh)

        @nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)
        def through(layer, x):
            return layer(x)

        model = create(jax.random.split(jax.random.key(0), 4))
        return plain(through(model, X)), kept(model)

    assert stacked(Sequential) == stacked(nnx.Sequential)


def test_an_optimizer_trains_it_as_it_trains_the_chain_of_nnx():
    import optax

    def trained(chain):
        optimizer = nnx.Optimizer(chain, optax.adam(0.1), wrt=nnx.Param)
        for _ in range(3):
            optimizer.update(chain, nnx.grad(lambda model: (model(X) ** 2).sum())(chain))
        return kept(chain)

    ours, theirs = both(("linear", "relu", "norm", ("linear",)))
    assert trained(ours) == trained(theirs)


def test_a_layer_put_in_under_jit_is_there_after_it_as_in_nnx():
    @nnx.jit
    def surgery(model):
        model.layers[0] = nnx.Linear(3, 3, rngs=nnx.Rngs(9))
        model.layers.append(nnx.Linear(3, 3, rngs=nnx.Rngs(8)))

    ours, theirs = both(("linear", "linear"))
    for chain in (ours, theirs):
        surgery(chain)
    assert called(ours, X) == called(theirs, X) and len(ours) == 3


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, nnx.clone, lambda c: pickle.loads(pickle.dumps(c))])
@pytest.mark.parametrize("plan", [("linear", "double", ("norm",)), ("dropout", "double", "scaled")], ids=str)
def test_it_is_copied_and_pickled_where_the_chain_of_nnx_is(duplicate, plan):
    ours, theirs = (outcome(lambda chain=chain: called(duplicate(chain), X)) for chain in both(plan))
    assert ours == theirs


def test_it_is_a_module_and_its_layers_are_a_list_of_nnx():
    chain = Sequential(abs)
    assert isinstance(chain, nnx.Module) and isinstance(chain.layers, nnx.List)


@pytest.mark.parametrize("layers", [(7,), (None,), ("relu",), (abs, 7), (jnp.ones(2),), ()], ids=repr)
def test_what_is_no_layer_is_refused_when_nnx_refuses_it(layers):
    assert outcome(lambda: Sequential(*layers)(X)) == outcome(lambda: nnx.Sequential(*layers)(X))


def test_a_list_of_nnx_that_can_be_called_is_a_layer_as_in_nnx():
    class Summed(nnx.List):
        def __call__(self, x):
            return sum(layer(x) for layer in self)

    ours, theirs = (outcome(lambda kind=kind: kind(Summed([nnx.relu, nnx.tanh]))(X)) for kind in KINDS)
    assert ours == theirs == outcome(lambda: nnx.relu(X) + nnx.tanh(X))


def test_a_dict_that_a_layer_returned_is_left_as_it_was():
    returned = {"x": X}
    Sequential(lambda x: returned, noisy)(X, rngs=nnx.Rngs(0))
    assert list(returned) == ["x"]


# ---- better ----


def linear(taken, given):
    """A linear layer."""
    return nnx.Linear(taken, given, rngs=nnx.Rngs(0))


def test_a_failing_layer_keeps_its_error_and_gains_a_note_with_the_way_out():
    ours, theirs = (kind(linear(3, 5), nnx.relu, linear(4, 2)) for kind in KINDS)
    mine, real = failed(lambda: ours(X)), failed(lambda: theirs(X))
    assert (type(mine), str(mine)) == (type(real), str(real))
    assert notes(lambda: ours(X)) == [
        "layer[2] Linear(4, 2) got shape (2, 5) float32, the output of layer[1] relu. It takes (…, 4). "
        "Give layer[2] in_features=5, or let layer[0] put out 4."
    ]


def test_the_note_names_a_layer_of_a_chain_inside_by_its_whole_index():
    chain = Sequential(nnx.relu, Sequential(abs, Sequential(linear(4, 2))))
    (note,) = notes(lambda: chain(X))
    assert note.startswith("layer[1][1][0] Linear(4, 2) got shape (2, 3) float32, the input of its chain, layer[1][1].")


def test_a_chain_that_fails_twice_gains_no_second_note():
    chain = Sequential(Sequential(linear(4, 2)))
    first, second = notes(lambda: chain(X)), notes(lambda: chain(X))
    assert first == second and len(first) == 1


def test_an_error_of_jax_survives_with_its_note():
    def branches(x):
        return x if x.sum() > 0 else -x

    error = failed(lambda: nnx.jit(lambda model, x: model(x))(Sequential(branches), X))
    assert isinstance(error, jax.errors.TracerBoolConversionError)
    assert any(note.startswith("layer[0] branches got shape (2, 3)") for note in error.__notes__)


def test_a_class_put_in_for_an_instance_is_refused_with_the_line_to_write():
    with pytest.raises(LayersError, match=r"layer\[1\] is the class Linear\. Make a layer of it: Linear\(…\)"):
        Sequential(abs, nnx.Linear)


@pytest.mark.parametrize("sequence", [list, tuple, nnx.List])
def test_a_list_of_layers_is_refused_with_the_line_to_write(sequence):
    error = failed(lambda: Sequential(sequence([linear(3, 4), nnx.relu])))
    assert isinstance(error, LayersError) and "Write Sequential(Linear(3, 4), relu)." in str(error)


def test_it_has_a_length_an_order_and_an_index_which_the_chain_of_nnx_has_not():
    parts = [linear(3, 4), nnx.relu, linear(4, 2)]
    chain, real = (kind(*parts) for kind in KINDS)
    assert len(chain) == 3 and list(chain) == parts and chain[-1] is parts[2] and chain[1] is nnx.relu
    assert type(failed(lambda: chain[3])) is IndexError
    assert type(failed(lambda: real[0])) is TypeError


def test_a_slice_is_a_chain_that_shares_its_layers():
    chain, _ = both(("linear", "relu", "linear", "norm"))
    head, tail = chain[:2], chain[2:]
    assert type(head) is Sequential and head[0] is chain[0]
    assert plain(tail(head(X))) == plain(chain(X))
    head[0].bias[...] = jnp.ones(3)
    assert plain(chain[0].bias[...]) == plain(jnp.ones(3))


NAMES = st.sampled_from(["linear", "relu", "norm", "double"])
INDEX = st.integers(-3, 3)
SLICE = st.builds(slice, st.none() | INDEX, st.none() | INDEX, st.sampled_from([None, 1, 2, -1]))
EDITS = st.one_of(
    st.tuples(st.sampled_from(["append", "remove"]), NAMES),
    st.tuples(st.just("insert"), INDEX, NAMES),
    st.tuples(st.just("pop"), INDEX),
    st.tuples(st.sampled_from(["extend", "__iadd__"]), st.lists(NAMES, max_size=2)),
    st.tuples(st.sampled_from(["reverse", "clear"])),
    st.tuples(st.just("__delitem__"), INDEX | SLICE),
    st.tuples(st.just("__setitem__"), INDEX, NAMES),
    st.tuples(st.just("__setitem__"), SLICE, st.lists(NAMES, max_size=2)),
)


@examples(60)
@given(st.lists(NAMES, max_size=4), st.lists(EDITS, min_size=1, max_size=4))
def test_every_edit_of_its_layers_does_what_a_list_of_python_does(names, edits):
    named = layers()
    chain, model = Sequential(*[named[name] for name in names]), [named[name] for name in names]
    for method, *args in edits:
        args = [named[a] if isinstance(a, str) else [named[n] for n in a] if isinstance(a, list) else a for a in args]
        seen = []
        for edited in (chain.layers, model):
            try:
                given_back = getattr(edited, method)(*args)
                seen.append("itself" if given_back is edited else id(given_back))
            except Exception as error:
                seen.append(type(error))
        assert seen[0] == seen[1]
        assert [id(layer) for layer in chain] == [id(layer) for layer in model]
    chain.eval()
    assert called(chain, X) == called(nnx.Sequential(*model), X)


@examples(60)
@given(st.lists(NAMES, max_size=4), EDITS)
def test_an_edit_that_nnx_makes_whole_is_made_the_same_way(names, edit):
    named = layers()
    ours, theirs = (kind(*[named[name] for name in names]) for kind in KINDS)
    method, *args = edit
    args = [named[a] if isinstance(a, str) else [named[n] for n in a] if isinstance(a, list) else a for a in args]
    if outcome(lambda: getattr(theirs.layers, method)(*args))[0] == "returned":
        getattr(ours.layers, method)(*args)
        assert [id(layer) for layer in ours.layers] == [id(layer) for layer in theirs.layers]


def test_a_function_goes_in_before_a_layer_where_nnx_damages_the_chain():
    ours, theirs = (kind(linear(3, 3), nnx.relu, linear(3, 3)) for kind in KINDS)
    failed(lambda: theirs.layers.insert(0, nnx.relu))
    assert outcome(lambda: theirs(X)) != outcome(lambda: nnx.Sequential(*list(ours))(X))
    before = list(ours)
    ours.layers.insert(0, nnx.tanh)
    assert list(ours) == [nnx.tanh, *before] and plain(ours(X)) == plain(nnx.Sequential(nnx.tanh, *before)(X))


@pytest.mark.parametrize(
    "edit",
    [
        lambda layers: layers.pop(9),
        lambda layers: layers.__setitem__(9, abs),
        lambda layers: layers.__delitem__(-9),
        lambda layers: layers.__setitem__(slice(None, None, 2), [abs]),
        lambda layers: layers.remove(abs),
        lambda layers: layers.insert("first", abs),
        lambda layers: layers.__setitem__(slice(0, 2), 7),
        lambda layers: layers.__setitem__(1, [jnp.ones(2)]),
        lambda layers: layers.insert(1, [linear(3, 3)]),
    ],
)
def test_an_edit_that_fails_leaves_the_chain_whole(edit):
    chain, _ = both(("linear", "relu", "linear"))
    before, answer = list(chain), plain(chain(X))
    failed(lambda: edit(chain.layers))
    assert list(chain) == before and plain(chain(X)) == answer


def test_the_signature_is_read_once_for_a_class_of_modules_which_nnx_reads_at_each_call():
    for kind, expected in ((nnx.Sequential, 8), (Sequential, 1)):
        reads = []

        class Signature:
            def __get__(self, layer, owner, reads=reads):
                reads.append(owner)
                return inspect.Signature([inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD)])

        class Layer(nnx.Module):
            __signature__ = Signature()

            def __call__(self, x):
                return x

        chain = kind(Layer(), Layer())
        reads.clear()
        for _ in range(4):
            chain(X, rngs=nnx.Rngs(0))
        assert len(reads) == expected


def test_no_signature_is_read_without_rngs():
    reads = []

    class Layer:
        __signature__ = property(lambda self: reads.append(1) or inspect.Signature())

        def __call__(self, x):
            return x

    Sequential(Layer(), Layer())(X)
    assert not reads
