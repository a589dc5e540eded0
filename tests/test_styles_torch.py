"""`seqkit.styles.torch.Sequential` beside `torch.nn.Sequential`: the same to the bit, and better where that one trips people."""

import copy
import pickle
from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.errors import LayersError
from tests.chains import examples, plain, plans, without_path

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
nn = torch.nn

from seqkit.styles.torch import Sequential  # noqa: E402 - it imports PyTorch

X = torch.tensor([[1.0, -2.0, 0.5], [-0.25, 3.0, 4.0]])
KINDS = (Sequential, nn.Sequential)


class Two(nn.Module):
    """A module that returns two values."""

    def forward(self, x):
        return x, -x


class Added(nn.Module):
    """A module that takes a tuple of two."""

    def forward(self, both):
        return both[0] + 2 * both[1]


class Table(nn.Module):
    """A module that returns a dict."""

    def forward(self, x):
        return {"left": x}


def layers():
    """The layer of each name, the same values every time, none shared with another call."""
    torch.manual_seed(3)
    return {
        "linear": nn.Linear(3, 3),
        "other": nn.Linear(3, 3, bias=False),
        "norm": nn.BatchNorm1d(3),
        "dropout": nn.Dropout(0.5),
        "relu": nn.ReLU(inplace=True),
        "tanh": nn.Tanh(),
        "two": Two(),
        "added": Added(),
        "table": Table(),
        "misfit": nn.Linear(4, 4),
    }


SOUND = ["linear", "other", "norm", "dropout", "tanh"]
PLANS = plans([*SOUND, *SOUND, "relu", "two", "added", "table", "misfit"])
NAMES = st.sampled_from(["linear", "norm", "tanh", "dropout"])


def make(plan, named, kind):
    """The chain of a plan."""
    return kind(*[make(part, named, kind) if isinstance(part, tuple) else named[part] for part in plan])


def both(plan):
    """(our chain, the real one) of a plan, with layers of their own."""
    return tuple(make(plan, layers(), kind) for kind in KINDS)


def bits(value):
    """A value with its structure, classes and bits, as something that compares with `==`."""
    if isinstance(value, tuple | list):
        return type(value), [bits(part) for part in value]
    if isinstance(value, dict):
        return type(value), {key: bits(part) for key, part in value.items()}
    return plain(value.detach().numpy()) if isinstance(value, torch.Tensor) else value


def outcome(run):
    """What a call gives: ("returned", its value as `bits`) or ("raised", the class of the error)."""
    try:
        return "returned", bits(run())
    except Exception as error:
        return "raised", type(error)


def kept(chain):
    """The names and values of all a chain keeps, each name of a shared layer too."""
    return [(name, bits(value)) for name, value in chain.state_dict().items()]


def called(chain, x=X):
    """What two calls give, what the chain keeps after them, and where the generator stands."""
    torch.manual_seed(9)
    return [outcome(lambda: chain(x.clone())) for _ in range(2)], kept(chain), bits(torch.rand(1))


# ---- a drop-in ----


@examples(60)
@given(PLANS, st.booleans())
def test_any_chain_gives_what_torch_gives(plan, training):
    ours, theirs = (chain.train(training) for chain in both(plan))
    assert called(ours) == called(theirs)


@examples(60)
@given(PLANS)
def test_every_name_and_value_and_the_repr_are_those_of_torch(plan):
    ours, theirs = both(plan)
    assert kept(ours) == kept(theirs)
    for names in ("named_parameters", "named_modules", "named_children", "named_buffers"):
        assert [name for name, _ in getattr(ours, names)()] == [name for name, _ in getattr(theirs, names)()]
    assert without_path(repr(ours)) == without_path(repr(theirs))
    assert {key for key in dir(theirs) if not key.startswith("_")} == {key for key in dir(ours) if key[0] != "_"}


@examples(40)
@given(plans(SOUND))
def test_gradients_and_an_optimizer_do_what_they_do_in_torch(plan):
    def trained(chain):
        parameters = [*chain.parameters(), torch.nn.Parameter(torch.zeros(1))]
        optimizer = torch.optim.Adam(parameters, lr=0.1)
        torch.manual_seed(9)
        for _ in range(2):
            optimizer.zero_grad()
            loss = (chain(X) ** 2).sum() + parameters[-1].sum()
            loss.backward()
            optimizer.step()
        return bits(loss), kept(chain), [bits(p.grad) for p in parameters]

    ours, theirs = both(plan)
    assert trained(ours) == trained(theirs)


INDEX = st.integers(-4, 4)
SLICE = st.builds(slice, st.none() | INDEX, st.none() | INDEX, st.sampled_from([None, 1, 2]))
CHAIN = st.lists(NAMES, max_size=2).map(tuple)
EDITS = st.one_of(
    st.tuples(st.just("append"), NAMES),
    st.tuples(st.just("extend"), st.lists(NAMES, max_size=2)),
    st.tuples(st.just("insert"), INDEX, NAMES),
    st.tuples(st.just("__setitem__"), INDEX, NAMES),
    st.tuples(st.sampled_from(["pop", "__delitem__", "__getitem__"]), INDEX | SLICE),
    st.tuples(st.sampled_from(["__add__", "__iadd__"]), CHAIN | st.just(7)),
    st.tuples(st.sampled_from(["__mul__", "__rmul__", "__imul__"]), st.integers(-1, 2) | st.just(1.5)),
)


def edited(chain, kind, edit, named):
    """What an edit gives, and the names and layers that the chain holds after it."""

    def held(value):
        return [(key, id(layer)) for key, layer in value._modules.items()] if isinstance(value, kind) else id(value)

    def filled(part):
        if isinstance(part, tuple):
            return kind(*[named[name] for name in part])
        return (
            [named[name] for name in part]
            if isinstance(part, list)
            else named.get(part, part)
            if isinstance(part, str)
            else part
        )

    method, *args = edit
    try:
        given_back = getattr(chain, method)(*map(filled, args))
        seen = "itself" if given_back is chain else held(given_back)
    except Exception as error:
        seen = type(error)
    return seen, held(chain)


@examples(60)
@given(st.lists(NAMES, max_size=4), st.lists(EDITS, min_size=1, max_size=4))
def test_every_edit_of_the_chain_does_what_it_does_in_torch(names, edits):
    named = layers()
    ours, theirs = (kind(*[named[name] for name in names]) for kind in KINDS)
    for edit in edits:
        assert edited(ours, Sequential, edit, named) == edited(theirs, nn.Sequential, edit, named)
    assert kept(ours) == kept(theirs)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_chain_times_a_number_holds_its_layers_so_often(times):
    def multiplied(kind):
        named = layers()
        chain = other = kind(named["linear"], named["tanh"])
        other *= times
        return other is chain, [list(named.values()).index(layer) for layer in chain], kept(chain), bits(chain(X))

    assert multiplied(Sequential) == multiplied(nn.Sequential)


@examples(40)
@given(st.lists(st.tuples(st.sampled_from(["a", "first", "2", "0"]), NAMES), max_size=4), SLICE)
def test_named_layers_keep_their_names_as_in_torch(pairs, part):
    named = layers()
    ours, theirs = (kind(OrderedDict((key, named[name]) for key, name in pairs)) for kind in KINDS)
    assert kept(ours) == kept(theirs) and without_path(repr(ours)) == without_path(repr(theirs))
    assert [*ours._modules] == [*theirs._modules] and [*ours[part]._modules] == [*theirs[part]._modules]
    assert called(ours.eval()) == called(theirs.eval())


def test_what_is_saved_of_one_is_loaded_into_the_other(tmp_path):
    plan = ("linear", "tanh", ("norm", "other"))
    ours, theirs = both(plan)
    torch.save(theirs.state_dict(), tmp_path / "chain.pt")
    for chain in (ours, theirs):
        for parameter in chain.parameters():
            parameter.data.zero_()
    for chain in (ours, theirs):
        assert str(chain.load_state_dict(torch.load(tmp_path / "chain.pt"))) == "<All keys matched successfully>"
    assert kept(ours) == kept(theirs) and called(ours) == called(theirs)
    assert ours[0].weight.abs().sum() > 0


def test_parameters_that_do_not_match_are_refused_as_in_torch():
    ours, theirs = both(("linear", "tanh"))
    other = nn.Sequential(nn.Linear(4, 4)).state_dict()
    assert outcome(lambda: ours.load_state_dict(other)) == outcome(lambda: theirs.load_state_dict(other))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda chain: pickle.loads(pickle.dumps(chain))])
def test_a_copy_gives_what_that_of_torch_gives(duplicate):
    ours, theirs = (duplicate(chain) for chain in both(("linear", "tanh", ("norm", "dropout"))))
    assert type(ours) is Sequential and called(ours) == called(theirs)


def test_train_eval_requires_grad_apply_and_to_reach_its_layers_as_in_torch():
    def seen(chain):
        visited = []
        chain.apply(lambda module: visited.append(type(module).__name__))
        chain.eval().requires_grad_(False).to(torch.float64)
        return visited, [module.training for module in chain.modules()], kept(chain), called(chain, X.double())

    ours, theirs = both(("linear", ("norm", "dropout"), "linear"))
    assert seen(ours) == seen(theirs)


def test_hooks_run_as_in_torch():
    def seen(chain):
        calls = []
        chain.register_forward_hook(lambda module, args, output: calls.append(bits(output)))
        chain[0].register_forward_hook(lambda module, args, output: output + 1)
        return bits(chain(X)), calls

    ours, theirs = both(("linear", "tanh"))
    assert seen(ours) == seen(theirs)


@pytest.mark.parametrize("transform", ["vmap", "grad", "functional_call", "fx", "trace"])
def test_under_the_transforms_of_torch_it_is_the_chain_of_torch(transform):
    def seen(chain):
        if transform == "vmap":
            return torch.func.vmap(chain)(X)
        if transform == "grad":
            return torch.func.grad(lambda x: chain(x).sum())(X)
        if transform == "functional_call":
            return torch.func.functional_call(chain, {"0.bias": torch.ones(3)}, (X,))
        return torch.fx.symbolic_trace(chain)(X) if transform == "fx" else torch.jit.trace(chain, X)(X)

    ours, theirs = both(("linear", "tanh", ("other", "tanh")))
    assert bits(seen(ours)) == bits(seen(theirs))


@pytest.mark.parametrize("given", [(None,), (nn.Tanh(), None), ({},), ("relu",), (OrderedDict(a=7),)], ids=repr)
def test_what_is_no_module_is_refused_where_torch_refuses_it(given):
    ours, theirs = (outcome(lambda kind=kind: kind(*given)(X)) for kind in KINDS)
    assert ours == theirs or (ours[0] == theirs[0] == "raised" and issubclass(ours[1], theirs[1]))


def test_it_is_a_module_of_torch():
    assert isinstance(Sequential(), nn.Module)


class Gained(Sequential):
    """A chain with a gain, as people make them."""

    def __init__(self, *layers):
        super().__init__(*layers)
        self.gain = nn.Parameter(torch.tensor(2.0))

    def forward(self, input):
        return super().forward(input) * self.gain


def test_a_class_made_of_it_may_have_parameters_of_its_own():
    chain = Gained(nn.Tanh())
    assert [name for name, _ in chain.named_parameters()] == ["gain"] and type(chain[:1]) is Gained
    assert bits(chain(X)) == bits(2 * torch.tanh(X))


# ---- better ----


def failed(run):
    """The error that a call raises."""
    with pytest.raises(Exception) as caught:
        run()
    return caught.value


def test_a_failing_layer_keeps_its_error_and_gains_a_note_with_the_way_out():
    ours, theirs = (kind(nn.Linear(3, 5), nn.ReLU(), nn.Linear(4, 2)) for kind in KINDS)
    mine, real = failed(lambda: ours(X)), failed(lambda: theirs(X))
    assert (type(mine), str(mine)) == (type(real), str(real))
    assert mine.__notes__ == [
        "layer[2] Linear(4, 2) got shape (2, 5) float32, the output of layer[1] ReLU. It takes (…, 4). "
        "Give layer[2] in_features=5, or let layer[0] put out 4."
    ]


def test_the_note_names_a_layer_of_a_chain_inside_by_its_whole_index():
    chain = Sequential(nn.ReLU(), Sequential(nn.ReLU(), Sequential(nn.Linear(4, 2))))
    (note,) = failed(lambda: chain(X)).__notes__
    assert note.startswith("layer[1][1][0] Linear(4, 2) got shape (2, 3) float32, the input of its chain, layer[1][1].")


def test_a_chain_that_fails_twice_gains_no_second_note():
    chain = Sequential(Sequential(nn.Linear(4, 2)))
    first, second = failed(lambda: chain(X)).__notes__, failed(lambda: chain(X)).__notes__
    assert first == second and len(first) == 1


def test_layers_appended_to_a_slice_overwrite_none_which_torch_does():
    ours, theirs = (kind(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 2)) for kind in KINDS)
    new = nn.ReLU()
    real, mine = theirs[1:], ours[1:]
    real.append(new)
    mine.append(new)
    assert list(real) == [theirs[1], new]
    assert list(mine) == [ours[1], ours[2], new] and bits(mine(X)) == bits(new(ours[2](ours[1](X))))


@examples(60)
@given(
    st.lists(NAMES, min_size=2, max_size=4), SLICE, st.lists(EDITS.filter(lambda e: e[0] != "__setitem__"), max_size=3)
)
def test_every_edit_of_a_slice_does_what_a_list_of_python_does(names, part, edits):
    named = layers()
    chain = Sequential(*[named[name] for name in names])[part]
    model = [named[name] for name in names][part]
    for method, *args in edits:
        if method in ("append", "extend", "insert", "__iadd__", "__delitem__", "pop", "__imul__"):
            seen, _ = edited(chain, Sequential, (method, *args), named)
            if isinstance(seen, type):
                continue
            if method == "pop" and isinstance(args[0], slice):
                method = "__delitem__"
            filled = [
                [named[n] for n in a] if isinstance(a, tuple | list) else named[a] if isinstance(a, str) else a
                for a in args
            ]
            getattr(model, method)(*filled)
        assert [id(layer) for layer in chain] == [id(layer) for layer in model]
    assert len(set(chain._modules)) == len(model)


def test_a_class_put_in_for_an_instance_is_refused_with_the_line_to_write():
    with pytest.raises(LayersError, match=r"layer '1' is the class ReLU\. Make a layer of it: ReLU\(…\)"):
        Sequential(nn.Linear(3, 3), nn.ReLU)


@pytest.mark.parametrize("sequence", [list, tuple])
def test_a_list_of_layers_is_refused_with_the_line_to_write(sequence):
    with pytest.raises(LayersError, match=r"Write Sequential\(Linear\(3, 4\), ReLU\)\."):
        Sequential(sequence([nn.Linear(3, 4), nn.ReLU()]))


def test_a_function_is_refused_with_what_to_take_for_it():
    with pytest.raises(LayersError, match=r"layer '0' is relu, no module.*nn\.ReLU\(\)"):
        Sequential(torch.relu)


@pytest.mark.parametrize(
    "edit",
    [
        lambda chain: chain.append(torch.relu),
        lambda chain: chain.extend([nn.ReLU(), torch.relu]),
        lambda chain: chain.insert(0, torch.relu),
        lambda chain: chain.insert(9, nn.ReLU()),
        lambda chain: chain.__setitem__(0, torch.relu),
        lambda chain: chain.__delitem__(9),
        lambda chain: chain.pop(-9),
    ],
)
def test_an_edit_that_fails_leaves_the_chain_whole(edit):
    chain, _ = both(("linear", "tanh", "norm"))
    before = list(chain.named_children())
    failed(lambda: edit(chain))
    assert list(chain.named_children()) == before
