"""`seqkit.styles.objax.Sequential` beside `objax.nn.Sequential`: the same to the bit, and better where that one trips people."""

import copy
import functools
import inspect
import pickle
import warnings

import jax
import jax.numpy as jnp
import objax
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.errors import LayersError, UnusedSideInput
from seqkit.styles.objax import Sequential
from tests.chains import FUNCTIONS, PAIRS, examples, failed, make, notes, outcome, plain, plans, without_path

X = jnp.array([[1.0, -2.0, 0.5], [-0.25, 3.0, 4.0]])
MODULES = ["linear", "linear", "norm", "dropout", "misfit", "function", "jitted", "forced"]
PLANS = plans([*FUNCTIONS, *MODULES])
SOUND = plans(["double", "scaled", "shifted", "partial", "relu", "linear", "norm", "dropout", "jitted", "forced"])
SIDE_INPUTS = st.fixed_dictionaries(
    {}, optional={"training": st.booleans(), "factor": st.just(2.0), "offset": st.just(1.0), "nobody": st.just(0)}
)


def layers():
    """The layer of each name, the same values every time, none shared with another call."""
    objax.random.DEFAULT_GENERATOR.seed(7)
    linear = objax.nn.Linear(3, 3)
    return FUNCTIONS | {
        "linear": linear,
        "norm": objax.nn.BatchNorm0D(3, momentum=0.5),
        "dropout": objax.nn.Dropout(0.5),
        "misfit": objax.nn.Linear(4, 4),
        "function": objax.Function(lambda x, factor=1.0: x / factor, objax.VarCollection()),
        "jitted": objax.Jit(objax.nn.Linear(3, 3)),
        "forced": objax.ForceArgs(objax.nn.Dropout(0.5), training=True),
    }


def both(plan):
    """(our chain, the real one) of a plan, with layers of their own."""
    return make(plan, layers(), Sequential), make(plan, layers(), objax.nn.Sequential)


def variables(chain):
    """The names and values of all a chain keeps."""
    return [(name, plain(variable.value)) for name, variable in chain.vars().items()]


def quiet(run):
    """`outcome`, without the warning of which Objax knows nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnusedSideInput)
        return outcome(run)


def called(chain, *args, **side_inputs):
    """What two calls give, what the chain keeps after them, and where the generator stands."""
    objax.random.DEFAULT_GENERATOR.seed(3)
    seen = [quiet(lambda: chain(*args, **side_inputs)) for _ in range(2)]
    return seen, variables(chain), plain(objax.random.DEFAULT_GENERATOR())


# ---- a drop-in ----


@examples(60)
@given(PLANS, SIDE_INPUTS)
def test_any_chain_gives_what_objax_gives(plan, side_inputs):
    ours, theirs = both(plan)
    assert called(ours, X, **side_inputs) == called(theirs, X, **side_inputs)


@examples(40)
@given(plans(["pair", "join", "named_pair", "linear", "builtin", "table"]), st.integers(0, 3))
def test_any_number_of_inputs_goes_where_objax_sends_it(plan, count):
    ours, theirs = both(plan)
    inputs = [X, 2 * X, -X][:count]
    assert called(ours, *inputs) == called(theirs, *inputs)


@pytest.mark.parametrize("plan", PAIRS, ids="-".join)
def test_each_kind_of_value_is_handed_on_as_in_objax(plan):
    ours, theirs = both(plan)
    assert called(ours, X) == called(theirs, X)


@examples(60)
@given(PLANS)
def test_every_variable_has_the_name_and_value_that_objax_gives_it(plan):
    ours, theirs = both(plan)
    assert variables(ours) == variables(theirs)
    assert without_path(repr(ours)) == without_path(repr(theirs))


@examples(40)
@given(SOUND, st.booleans())
def test_the_traced_program_is_the_one_of_objax(plan, training):
    def program(chain):
        kept = chain.vars() + objax.random.DEFAULT_GENERATOR.vars()

        def pure(tensors, x):
            kept.assign(tensors)
            return chain(x, training=training), kept.tensors()

        before = kept.tensors()
        try:
            return str(jax.make_jaxpr(pure)(before, X))
        finally:
            kept.assign(before)

    ours, theirs = both(plan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnusedSideInput)
        assert program(ours) == program(theirs)


@examples(12)
@given(SOUND)
def test_under_jit_and_gradients_it_is_the_chain_of_objax(plan):
    def trained(chain):
        kept = chain.vars() + objax.random.DEFAULT_GENERATOR.vars()
        objax.random.DEFAULT_GENERATOR.seed(3)
        gradients = objax.GradValues(lambda x: (chain(x, training=True) ** 2).sum(), chain.vars())
        step = objax.Jit(lambda x: gradients(x), kept)
        return plain(step(X)), plain(step(X)), variables(chain)

    ours, theirs = both(plan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnusedSideInput)
        assert trained(ours) == trained(theirs)


@pytest.mark.parametrize("transform", [jax.jit, jax.vmap, lambda f: jax.grad(lambda x: f(x).sum())])
def test_under_the_transforms_of_jax_it_is_the_chain_of_objax(transform):
    ours, theirs = both(("linear", "relu", ("linear", "double")))
    assert plain(transform(lambda x: ours(x))(X)) == plain(transform(lambda x: theirs(x))(X))


def test_vectorize_takes_it_as_it_takes_the_chain_of_objax():
    ours, theirs = both(("linear", "relu"))
    assert plain(objax.Vectorize(ours)(X)) == plain(objax.Vectorize(theirs)(X))


NAMES = st.sampled_from(["linear", "relu", "norm", "double"])
INDEX = st.integers(-3, 3)
SLICE = st.builds(slice, st.none() | INDEX, st.none() | INDEX, st.sampled_from([None, 1, 2, -1]))
EDITS = st.one_of(
    st.tuples(st.sampled_from(["append", "remove", "count", "index"]), NAMES),
    st.tuples(st.just("insert"), INDEX, NAMES),
    st.tuples(st.just("pop"), INDEX),
    st.tuples(st.sampled_from(["extend", "__iadd__", "__add__"]), st.lists(NAMES, max_size=2)),
    st.tuples(st.sampled_from(["reverse", "copy", "clear", "__len__"])),
    st.tuples(st.sampled_from(["__mul__", "__rmul__", "__imul__"]), st.integers(0, 2)),
    st.tuples(st.sampled_from(["__delitem__", "__getitem__"]), INDEX | SLICE),
    st.tuples(st.just("__setitem__"), INDEX, NAMES),
    st.tuples(st.just("__setitem__"), SLICE, st.lists(NAMES, max_size=2)),
)


def edited(chain, kind, edit, named):
    """What an edit gives, as the kind of chain and the layers in it; what the chain holds after it."""

    def held(value):
        if isinstance(value, kind):
            return "a chain", [id(layer) for layer in value]
        return type(value), [id(layer) for layer in value] if isinstance(value, list) else value

    method, *args = edit
    args = [named[a] if isinstance(a, str) else [named[n] for n in a] if isinstance(a, list) else a for a in args]
    try:
        seen = held(getattr(chain, method)(*args))
    except Exception as error:
        seen = type(error)
    return seen, [id(layer) for layer in chain]


@examples(60)
@given(st.lists(NAMES, max_size=4), st.lists(EDITS, min_size=1, max_size=4))
def test_every_edit_of_the_list_does_what_it_does_in_objax(names, edits):
    named = layers()
    ours, theirs = (kind([named[name] for name in names]) for kind in (Sequential, objax.nn.Sequential))
    for edit in edits:
        assert edited(ours, Sequential, edit, named) == edited(theirs, objax.nn.Sequential, edit, named)
    assert plain(ours.vars().tensors()) == plain(theirs.vars().tensors())


@pytest.mark.parametrize("plan", [("double", "forced", ("scaled",)), ("linear",), ("relu",)], ids=str)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda chain: pickle.loads(pickle.dumps(chain))])
def test_it_is_copied_and_pickled_where_the_chain_of_objax_is(duplicate, plan):
    def copied(chain, kind):
        other = duplicate(chain)
        objax.random.DEFAULT_GENERATOR.seed(3)
        return type(other) is kind, [one is two for one, two in zip(chain, other, strict=True)], other(X)

    ours, theirs = both(plan)
    assert outcome(lambda: copied(ours, Sequential)) == outcome(lambda: copied(theirs, objax.nn.Sequential))


def test_it_is_a_module_a_module_list_and_a_list():
    assert isinstance(Sequential([]), objax.Module | objax.ModuleList) and isinstance(Sequential([]), list)


def test_a_slice_is_a_chain_that_shares_its_layers():
    chain, _ = both(("linear", "relu", "linear"))
    assert type(chain[1:]) is Sequential and chain[1:][1] is chain[2]


@pytest.mark.parametrize("given", [(), ([],), (iter([abs]),), ((abs, abs),), ({abs: 1},), (7,)])
def test_it_takes_the_iterables_that_objax_takes(given):
    again = [copy.copy(each) for each in given]
    assert quiet(lambda: list(Sequential(*given))) == quiet(lambda: list(objax.nn.Sequential(*again)))


# ---- better ----


def test_a_failing_layer_keeps_its_error_and_gains_a_note_with_the_way_out():
    chain = Sequential([objax.nn.Linear(3, 5), objax.functional.relu, objax.nn.Linear(4, 2)])
    alone = failed(lambda: chain[2](jnp.ones((2, 5))))
    error = failed(lambda: chain(X))
    assert (type(error), str(error)) == (type(alone), str(alone))
    assert notes(lambda: chain(X)) == [
        "layer[2] Linear(4, 2) got shape (2, 5) float32, the output of layer[1] relu. It takes (…, 4). "
        "Give layer[2] nin=5, or let layer[0] put out 4."
    ]


def test_a_convolution_in_groups_takes_all_its_groups():
    chain = Sequential([objax.nn.Conv2D(4, 8, 3, groups=2)])
    (note,) = notes(lambda: chain(jnp.ones((1, 3, 6, 6))))
    assert note.endswith("It takes (…, 4, …, …). Give layer[0] nin=3, or hand the chain 4.")


def test_the_note_names_a_layer_of_a_chain_inside_by_its_whole_index():
    chain = Sequential([objax.functional.relu, Sequential([abs, Sequential([objax.nn.Linear(4, 2)])])])
    (note,) = notes(lambda: chain(X))
    assert note.startswith("layer[1][1][0] Linear(4, 2) got shape (2, 3) float32, the input of its chain, layer[1][1].")


def test_a_chain_that_fails_twice_gains_no_second_note():
    chain = Sequential([Sequential([objax.nn.Linear(4, 2)])])
    first, second = notes(lambda: chain(X)), notes(lambda: chain(X))
    assert first == second and len(first) == 1


def test_one_error_object_raised_again_gains_no_second_note():
    error = KeyError("gain")

    def raises(x):
        raise error

    chain = Sequential([abs, Sequential([raises])])
    first, second = notes(lambda: chain(X)), notes(lambda: chain(X))
    assert first == second == ["layer[1][0] raises got shape (2, 3) float32, the input of its chain, layer[1]."]


class Odd(objax.Module):
    """A layer of which nothing can be told: asking for its weight raises."""

    w = property(lambda self: 1 / 0)

    def __call__(self, x):
        raise KeyError("gain")


def test_a_layer_of_which_nothing_can_be_told_still_fails_with_its_own_error():
    assert type(failed(lambda: Sequential([Odd()])(X))) is KeyError


def test_an_error_of_jax_survives_which_objax_destroys():
    def branches(x):
        return x if x.sum() > 0 else -x

    def under_jit(kind):
        return failed(lambda: jax.jit(lambda x: kind([branches])(x))(X))

    theirs, ours = under_jit(objax.nn.Sequential), under_jit(Sequential)
    assert type(theirs) is AttributeError
    assert isinstance(ours, jax.errors.TracerBoolConversionError) and any(
        "layer[0] branches got" in note for note in ours.__notes__
    )


class Picky(Exception):
    """An error that takes two values."""

    def __init__(self, got, wanted):
        super().__init__(f"got {got}, not {wanted}")


def test_an_error_of_two_values_survives_which_objax_destroys():
    def raises(x):
        raise Picky(1, 2)

    assert type(failed(lambda: objax.nn.Sequential([raises])(X))) is TypeError
    assert type(failed(lambda: Sequential([raises])(X))) is Picky


def test_a_keyword_that_no_layer_takes_is_named_with_its_close_match():
    chain = Sequential([objax.nn.Linear(3, 3), functools.partial(objax.functional.leaky_relu)])
    with pytest.warns(
        UnusedSideInput, match=r"no layer takes `negative_slop`.*Did you mean `negative_slope`\?"
    ) as seen:
        chain(X, negative_slop=0.5)
    assert seen[0].filename == __file__


@pytest.mark.parametrize(
    "layers",
    [[abs, Sequential([FUNCTIONS["scaled"]])], [FUNCTIONS["scaled"], Sequential([abs, Sequential([abs])])]],
    ids=["inside", "outside"],
)
def test_a_keyword_that_some_layer_takes_in_or_around_a_chain_gives_no_warning(layers):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Sequential(layers)(X, factor=2.0)


def test_a_chain_inside_that_takes_a_keyword_itself_gets_it_as_in_objax():
    def gained(kind):
        class Gained(kind):
            def __call__(self, x, gain=1.0):
                return gain * super().__call__(x)

        return kind([abs, Gained([jnp.sin])])(X, gain=2.0)

    assert plain(gained(Sequential)) == plain(gained(objax.nn.Sequential)) == plain(2.0 * jnp.sin(abs(X)))


def test_a_keyword_that_no_layer_takes_is_warned_of_once_for_nested_chains():
    with pytest.warns(UnusedSideInput) as seen:
        Sequential([abs, Sequential([abs, Sequential([abs])])])(X, facto=2.0)
    assert len(seen) == 1


def test_a_class_put_in_for_an_instance_is_refused_with_the_line_to_write():
    with pytest.raises(LayersError, match=r"layer\[1\] is the class Linear. Make a layer of it: Linear\(…\)"):
        Sequential([abs, objax.nn.Linear])


@pytest.mark.parametrize("layers", [(objax.nn.Linear(3, 4), objax.functional.relu), (objax.functional.relu,)])
def test_layers_without_a_list_are_refused_with_the_line_to_write(layers):
    names = ", ".join(["Linear(3, 4)", "relu"][-len(layers) :])
    assert f"Write Sequential([{names}])." in str(failed(lambda: Sequential(*layers)))
    with pytest.raises(LayersError):
        Sequential(*layers)


def test_a_function_without_argument_gives_a_sentence_where_objax_stops_iteration():
    chain = [abs, lambda: 1]
    assert isinstance(failed(lambda: objax.nn.Sequential(chain)(X)), StopIteration)
    with pytest.raises(LayersError, match=r"lambda takes no argument\. A layer takes what the one before returned"):
        Sequential(chain)(X)


def test_a_callable_without_signature_gives_a_sentence_and_the_line_to_write():
    with pytest.raises(LayersError, match=r"int has no signature .* Wrap it: lambda x: int\(x\)"):
        Sequential([int])(X)


def counting(base):
    """(a class of layers, the list that grows each time its signature is read)."""
    reads = []

    class Signature:
        def __get__(self, layer, owner):
            reads.append(owner)
            return inspect.Signature([inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD)])

    class Layer(base):
        __signature__ = Signature()

        def __call__(self, x):
            return x

    return Layer, reads


def test_the_signature_is_read_once_for_a_class_of_modules_which_objax_reads_at_each_call():
    for kind, expected in ((objax.nn.Sequential, 8), (Sequential, 1)):
        layer, reads = counting(objax.Module)
        chain = kind([layer(), layer()])
        for _ in range(4):
            chain(X)
        assert len(reads) == expected


def test_the_signature_is_read_once_for_a_function():
    layer, reads = counting(object)
    chain = Sequential([layer()])
    for _ in range(4):
        chain(X)
    assert len(reads) == 1


def test_modules_of_one_class_that_wrap_different_functions_get_the_side_inputs_of_their_own():
    wrapped = [
        objax.Function(f, objax.VarCollection()) for f in (FUNCTIONS["scaled"], lambda x, offset=0.0: x + offset)
    ]
    assert plain(Sequential(wrapped)(X, factor=2.0, offset=1.0)) == plain(2 * X + 1)


def test_an_empty_chain_called_without_x_says_so():
    assert type(failed(lambda: objax.nn.Sequential()())) is IndexError
    with pytest.raises(IndexError, match="called without x"):
        Sequential()()
