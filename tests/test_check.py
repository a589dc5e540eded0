"""`observe` makes plain data of whatever an answer does; `judge` compares data and nothing else."""

import re
import signal
import warnings
from collections import namedtuple

import numpy as np
import pytest

from seqkit import judge as judging
from seqkit import observe as observing
from seqkit.check import check, judge, observe
from seqkit.compare import first_difference, same, text
from seqkit.draws import fixed
from seqkit.exercise import Exercise, load
from seqkit.plain import Huge, Raised, Run, Thing, outcome, plain

# ---- plain ----


class Whole(int):
    def __eq__(self, other):
        return True

    def __repr__(self):
        return "7"

    __hash__ = int.__hash__


class Words(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Items(list):
    def __iter__(self):
        return iter([1, 2, 3])

    def __len__(self):
        return 3


class Claims:
    """Says that it is a class, an array and a number."""

    __class__ = type

    def __getattr__(self, name):
        raise RuntimeError(name)


@pytest.mark.parametrize(
    ("value", "copy"),
    [
        (Whole(3), 3),
        (Words("no"), "no"),
        (Items([9]), [9]),
        (True, True),
        (None, None),
        ((1, [2.5]), (1, [2.5])),
        (namedtuple("Point", "x y")(1, 2), (1, 2)),
        ({1: (2,), "a": None}, {1: (2,), "a": None}),
        ({(1, 2): 3, len: 4, Words("a"): 5}, {"tuple": 3, "builtin_function_or_method": 4, "Words": 5}),
        (Claims(), Thing("Claims")),
        (len, Thing("builtin_function_or_method")),
        (plain, Thing("a function")),
        (Whole, Thing("the class Whole")),
        (..., Thing("`...`")),
        (np.array([plain]), Thing("an array of object")),
    ],
    ids=lambda value: "value",  # pytest would ask the value for a name
)
def test_a_value_becomes_plain_and_its_own_methods_are_never_asked(value, copy):
    made = plain(value)
    assert type(made) is type(copy)
    assert made == copy


def test_arrays_of_jax_and_numpy_become_arrays_of_numpy_that_nobody_else_holds():
    import jax
    import jax.numpy as jnp

    mine = np.arange(3.0)
    copies = [plain(mine), plain(jnp.arange(3.0)), plain(np.float32(2)), plain(jnp.bfloat16(2))]
    mine[0] = 9
    assert [type(copy) for copy in copies] == [np.ndarray] * 4 and copies[0][0] == 0
    assert plain(jax.random.key(3)).tolist() == [0, 3]
    assert jax.jit(lambda x: (plain(x).kind, x)[1])(1.0) == 1.0
    donated = jnp.arange(3.0)
    jax.jit(lambda x: x + 1, donate_argnums=0)(donated).block_until_ready()
    assert plain(donated) == Thing("an array that was donated")


def test_what_is_too_large_or_too_deep_is_named_and_not_copied():
    assert plain(np.broadcast_to(1.0, (10**9,))) == Huge("an array of shape (1000000000,)")
    endless = []
    endless.append(endless)
    depth, inside = 0, plain(endless)
    while isinstance(inside, list):
        depth, inside = depth + 1, inside[0]
    assert inside == Huge("list") and depth < 30
    assert len(plain([0] * 10**6)) < 30_000
    assert len(plain("a" * 10**7)) == 10_000
    first, *rest = plain(list(np.broadcast_to(1.0, (4, 3 * 10**6))))
    assert first.shape == (3 * 10**6,) and rest == [Huge("an array of shape (3000000,)")] * 3
    assert isinstance(plain(10**400), Huge)


def test_an_error_becomes_its_name_its_message_and_the_names_above_it():
    class Odd(KeyError):
        def __str__(self):
            raise RuntimeError

    assert plain(Odd("what")) == Raised("Odd", "what", ("Odd", "KeyError", "LookupError", "Exception"))
    assert outcome(int, "3") == 3 and plain(outcome(int, "x")).kind == "ValueError"


class Agreeable(Thing):
    def __eq__(self, other):
        return True

    __hash__ = None


class PRNGKeyArray:
    """No key of JAX."""


def test_a_record_that_an_answer_makes_is_copied_or_only_named():
    assert plain(Agreeable("a function")) == Thing("Agreeable")
    assert plain(Thing(Claims())) == Thing("Thing")
    assert plain(Raised("ValueError", Claims())) == Thing("Raised")
    assert plain(Run(3, [Claims()])).layers == () and plain(Run(3, Claims())).layers == ()
    assert plain(Run(3, [("relu", [4])])).layers == [("relu", [4])]
    assert plain(PRNGKeyArray()) == Thing("PRNGKeyArray")


def test_an_error_that_is_returned_is_not_one_that_is_raised():
    for returned in [ValueError("a"), Raised("ValueError", "a", ("ValueError",))]:
        assert "returned and not raised" in plain(outcome(lambda made=returned: made)).kind


@pytest.mark.parametrize(
    ("seen", "wanted"), [(123456.8, 123456.7), (np.array([0.12345678, 1]), np.array([0.12345671, 1]))]
)
def test_two_numbers_that_differ_are_not_shown_alike(seen, wanted):
    found = first_difference(plain(seen), plain(wanted), exact=isinstance(seen, np.ndarray))
    assert found.got != found.want


# ---- compare ----


def kind(seen, wanted, exact=False):
    found = first_difference(plain(seen), plain(wanted), exact)
    return found and found.kind


F32 = np.float32


@pytest.mark.parametrize(
    ("seen", "wanted", "expected"),
    [
        (F32([1, 2]), F32([1, 2 + 1e-5]), None),
        (F32([1, 2]), F32([1, 2.001]), "values"),
        (F32([5e-7]), F32([0]), None),
        (F32([5e-6]), F32([0]), "values"),
        (F32(1000.1), 1000.1, None),
        (1000.1, F32(1000.1), None),
        (1000.1001, 1000.1, "values"),
        (np.array([1.0, 2]), F32([1, 2]), None),
        (np.float16([1, 2]), F32([1, 2]), "dtype"),
        (np.array([1, 2]), F32([1, 2]), "dtype"),
        (F32([1, 2]), np.array([1, 2]), "dtype"),
        (np.int64([1, 2]), np.int32([1, 2]), None),
        (np.array([True]), np.array([1]), "dtype"),
        (True, 1, "dtype"),
        (1.0, 1, None),
        (F32(1), 1.0, None),
        (F32([1]), 1.0, "shape"),
        ([1.0, 2.0], F32([1, 2]), "structure"),
        ([1, 2], (1, 2), None),
        ((1, 2, 3), (1, 2), "structure"),
        ({"a": 1}, {"b": 1}, "structure"),
        ({"a": 1}, {"a": 2}, "values"),
        ("a", "b", "values"),
        (None, 3, "structure"),
        (F32([np.nan, 1]), F32([np.nan, 1]), None),
        (F32([np.nan, 1]), F32([0, 1]), "values"),
        (F32([0, 1]), F32([np.nan, 1]), "values"),
        (F32([np.inf]), F32([np.inf]), None),
        (F32([-np.inf]), F32([np.inf]), "values"),
        (F32([1e30]), F32([np.inf]), "values"),
        (ValueError("a"), ValueError("b"), None),
        (TypeError("a"), ValueError("a"), "raised"),
        (UnicodeError("a"), ValueError("a"), None),
        (3, ValueError("a"), "raised"),
        (ValueError("a"), 3, "raised"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "shape"),
        (np.zeros((0, 3)), np.zeros((0, 3)), None),
        (1 + 2j, 1 + 2j, None),
        (1 + 2j, 1 + 3j, "values"),
    ],
)
def test_what_counts_as_a_difference(seen, wanted, expected):
    assert kind(seen, wanted) == expected


def test_bit_equality_where_it_is_asked():
    one = F32([0.1])
    assert kind(np.nextafter(one, F32(1)), one) is None
    assert kind(np.nextafter(one, F32(1)), one, exact=True) == "values"


def test_a_raised_error_is_told_before_a_shape_a_shape_before_a_dtype_a_dtype_before_values():
    wanted = {"a": 1.0, "b": F32([1]), "c": F32([1]), "d": 3}
    seen = {"a": 2.0, "b": np.array([1]), "c": F32([1, 2]), "d": plain(ValueError("no"))}
    kinds = []
    while seen:
        found = first_difference(seen, {key: wanted[key] for key in seen})
        kinds.append(found.kind)
        del seen[found.path[0]]
    assert kinds == ["raised", "shape", "dtype", "values"]


def test_two_errors_are_one_behaviour_only_if_they_say_the_same():
    one, other = Raised("TypeError", "unsupported operand for +"), Raised("TypeError", "missing argument 'key'")
    assert same(one, one) and not same(one, other)
    near = Raised("TypeError", "unsupported operand for -")
    key, weight = Raised("TypeError", "layers[1] takes no key"), Raised("TypeError", "layers[1] lacks a weight")
    assert same(one, near) and not same(key, weight) and not same(one, Raised("ValueError", one.message))


@pytest.mark.parametrize(
    ("seen", "wanted", "got"),
    [
        (np.ones((1, 3)), np.ones(3), "(1, 3), a leading axis more"),
        (np.ones((2, 3)), np.ones((3, 2)), "(2, 3), rows and columns exchanged"),
        (np.ones(2), np.ones(3), "(2,)"),
        (np.float32(1), np.ones(3), "a single number"),
    ],
)
def test_a_shape_that_is_nearly_the_wanted_one_is_said_to_be(seen, wanted, got):
    found = first_difference(plain(seen), plain(wanted))
    assert (found.kind, found.got, found.want) == ("shape", got, str(wanted.shape))


def test_of_two_chains_the_first_layer_that_differs_is_named():
    mine = Run(F32([1]), [("Linear(3, 4)", F32([1, 2])), ("relu", F32([5, 2]))])
    theirs = Run(F32([2]), [("Linear(3, 4)", F32([1, 2])), ("relu", F32([1, 2]))])
    said = first_difference(mine, theirs).where
    assert said == "The first layer whose output differs is layer[1] relu: values [5, 2], not [1, 2]."
    shorter = Run(F32([1]), mine.layers[:1])
    assert first_difference(shorter, theirs).where == "It ran 1 layer, Linear(3, 4); the reference runs 2."


def test_a_shape_is_told_whole():
    found = first_difference({"kernel": (3, 7)}, {"kernel": (7, 3)})
    assert (found.place, found.got, found.want) == ("kernel", "(3, 7)", "(7, 3)")
    assert first_difference((), (360,)).got == "()"
    assert kind((1, 2), (1, 2)) is kind((), ()) is None


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("no layer.\nMore of it.", "no layer"),
        (
            "Binding failed with the error:\n  missing argument 'x'\nand more",
            "Binding failed with the error: missing argument 'x'",
        ),
        ("Attempted to use old state. Probably you wrote:\n```python\nx = 1", "Attempted to use old state"),
        ("Wrote:", "Wrote"),
        ("\n \n", None),
    ],
)
def test_of_the_message_of_an_error_as_much_is_told_as_makes_a_sentence(message, told):
    assert text(Raised("ValueError", message)) == (f"ValueError: {told}" if told else "ValueError")


def test_values_that_must_agree_to_the_bit_are_told_in_six_digits_where_that_tells_them_apart():
    told = first_difference(np.float32([-0.5652979, 1.0]), np.float32([-0.3133738, 1.0]), exact=True)
    assert (told.got, told.want) == ("[-0.565298, 1]", "[-0.313374, 1]")
    close = first_difference(np.float32([0.1]), np.float32([0.1]) + np.float32(1e-8), exact=True)
    assert close.got != close.want


def test_a_value_that_is_far_too_large_excuses_none_beside_it():
    seen = F32([1.001, 1, 1, 1, 1, 1, 1e6])
    assert first_difference(seen, np.ones(7, F32)).got == "1.001 at [0]"


def test_an_error_is_told_without_the_web_page_that_a_framework_names():
    error = Raised(
        "UnboundError", "Can't call unbound modules (https://flax.example/errors.html#UnboundError)", (), None
    )
    assert first_difference(error, 3).got == "UnboundError: Can't call unbound modules"


def test_a_text_of_data_is_short():
    for value in [np.zeros((9, 9)), list(range(1000)), "x" * 500, {"a": tuple(range(100))}]:
        assert len(text(plain(value))) <= 90
    assert text(F32([0.5, -1])) == "[0.5, -1]" and text((3,)) == "(3,)"


# ---- observe ----


def chain_answer(body):
    """`forward` out of its body, as a learner's cell makes it."""
    import linecache

    source = f"def forward(layers, x):\n{body}\n"
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(True), "<cell>")
    made = {}
    exec(compile(source, "<cell>", "exec"), made)
    return made["forward"]


RIGHT = "    for layer in layers:\n        x = layer(x)\n    return x"


def test_an_answer_that_prints_or_warns_is_right_and_told_so():
    said = str(check("forward", chain_answer("    print('here')\n    import warnings; warnings.warn('old')\n" + RIGHT)))
    assert said.startswith("✓") and "It prints;" in said and "It warns: UserWarning: old." in said


def test_a_warning_is_told_of_the_learners_own_lines_alone_and_though_warnings_are_switched_off():
    own = "    import warnings; warnings.warn('mine')\n" + RIGHT
    other = "    import warnings; warnings.warn_explicit('not mine', UserWarning, 'library.py', 3)\n" + RIGHT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = [str(check("forward", chain_answer(body))) for body in (own, other)]
    assert "It warns: UserWarning: mine." in told[0] and "It warns" not in told[1]


def test_a_case_may_take_half_of_the_time_that_is_left_and_never_nothing(monkeypatch):
    monkeypatch.setattr(observing.time, "monotonic", lambda: 100.0)
    shares = [observing._share(end) for end in (None, 110.0, 100.1, 90.0)]
    assert shares == [observing.LIMIT_S, 5.0, observing.SHORTEST_S, observing.SHORTEST_S]


def test_an_answer_that_changes_its_arguments_is_told_so():
    emptying = "    while layers:\n        x = layers.pop(0)(x)\n    return x"
    assert "It changes its argument `layers`" in str(check("forward", chain_answer(emptying)))


def test_the_line_that_raised_is_named():
    verdict = check("forward", chain_answer("    for layer in layers:\n        x = layers(x)\n    return x"))
    assert "raised TypeError: 'list' object is not callable, in your line `x = layers(x)`." in verdict.sentence


def test_a_long_line_that_raised_is_cut_where_one_sees_it():
    verdict = check("forward", chain_answer(f"    return layers.first(x, {', '.join(map(str, range(99)))})"))
    assert re.search(r"in your line `return layers\.first\(x, 0, 1.*…`\.", verdict.sentence)


def test_a_single_number_is_not_called_a_shape():
    said = check("nearest", lambda embed, xs, i, k: embed(xs)[i].sum().astype(int)).sentence
    assert "returned a single number; the reference returns shape (1,)." in said


def test_an_answer_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(observing, "LIMIT_S", 0.2)
    verdict = check(
        "forward", chain_answer("    while True:\n        try:\n            x = 1\n        except Exception: pass")
    )
    assert not verdict.ok and "raised TimeUp: it was still running after 0.2 s" in verdict.sentence


def test_an_interrupt_is_the_learner_s_own():
    with pytest.raises(KeyboardInterrupt):
        check("forward", chain_answer("    raise KeyboardInterrupt"))


def test_what_is_left_in_the_room_of_the_answer_stays_there():
    before = np.random.get_state()[1].copy()
    check("forward", chain_answer(RIGHT))
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize(
    ("body", "started"), [("    ...", False), ("    pass", False), ('    "what"', False), ("    return None", False)]
)
def test_a_body_that_does_nothing_is_not_started(body, started):
    assert observe(load("forward"), chain_answer(body)).started is started


@pytest.mark.parametrize("base", ["object", "nn.Module", "eqx.Module", "objax.Module"])
@pytest.mark.parametrize(("body", "started"), [("...", False), ("return x", True)])
def test_a_class_is_started_when_one_of_its_methods_does_something(base, body, started):
    import equinox
    import flax.linen
    import objax

    room = {"__name__": "__main__", "nn": flax.linen, "eqx": equinox, "objax": objax}
    exec(f"class Layer({base}):\n    size: int = 3\n\n    def __call__(self, x):\n        'Doc.'\n        {body}", room)
    assert observing._is_started(room["Layer"]) is started


# ---- judge ----


def test_judge_needs_the_data_alone():
    """Observations go through a file of text and back, into another process in effect: the verdict is the same."""
    exercise = load("forward")
    for answer in [exercise.reference, exercise.mistakes[0].answer]:
        seen = observe(exercise, answer)
        again = eval(repr(seen), vars(observing) | {"array": np.array, "float32": np.float32, "Raised": Raised})
        assert str(judge(exercise, again)) == str(judge(exercise, seen))


def test_judge_runs_none_of_the_answer_s_code():
    asked = []

    class Spy:
        def __getattribute__(self, name):
            asked.append(name)
            return object.__getattribute__(self, name)

        def __eq__(self, other):
            asked.append("==")
            return True

        def __hash__(self):
            asked.append("hash")
            return 0

    exercise = load("forward")
    observations = observe(exercise, lambda layers, x: asked.append("called") or Spy())
    assert asked
    asked.clear()
    assert not judge(exercise, observations).ok
    assert asked == []


def small():
    exercise = Exercise("one", number=1, lesson="00", points=6, statement=">>> one()\n1", hints=["A?", "B.", "C."])

    @exercise.answer
    def one():
        return 1

    @exercise.probe(weight=2)
    def the_value(one):
        """It is 1."""
        return one()

    @exercise.probe()
    def nothing(one):
        """It is called."""
        one()

    return exercise


def test_points_are_earned_by_the_weight_of_the_probes_that_agree(monkeypatch):
    exercise = small()
    monkeypatch.setattr(judging.snippet, "code", lambda *args: "")
    verdict = judge(exercise, observe(exercise, lambda: 2))
    assert (verdict.agreed, verdict.asked, verdict.earned, verdict.points) == (1, 2, 2.0, 6)


def test_points_are_earned_to_two_decimals(monkeypatch):
    exercise = small()
    exercise.points = 10
    monkeypatch.setattr(judging.snippet, "code", lambda *args: "")
    assert judge(exercise, observe(exercise, lambda: 2)).earned == 3.33


def takes_a_list(in_place, wanted=1):
    """An exercise whose answer gets a list; `in_place` says whether it is asked to change it."""
    told = {"statement": ">>> put([1])\n1", "hints": ["A?", "B.", "C."], "in_place": in_place}
    exercise = Exercise("put", number=1, lesson="00", points=1, **told)
    exercise.answer(lambda items: wanted)

    @exercise.probe(items=fixed("[1]"))
    def a_list(put, items):
        """It gets a list."""
        return put(items)

    return exercise


@pytest.mark.parametrize("in_place", [True, False])
def test_who_is_asked_to_change_an_argument_is_not_told_that_it_did(in_place):
    exercise = takes_a_list(in_place)
    verdict = judge(exercise, observe(exercise, lambda items: items.append(2) or 1))
    assert verdict.ok and bool(verdict.remarks) == (not in_place)


def test_a_list_for_a_tuple_is_told_of_a_right_answer_alone(monkeypatch):
    monkeypatch.setattr(judging.snippet, "code", lambda *args: "")
    exercise = takes_a_list(True, wanted=(1, 2))
    right, wrong = (judge(exercise, observe(exercise, lambda items, gave=gave: gave)) for gave in ([1, 2], [1, 3]))
    assert right.ok and right.remarks == ("A list came where a tuple was asked; their items agree.",)
    assert not wrong.ok and wrong.remarks == ()


def test_what_cannot_be_called_is_answered_with_the_call_to_write():
    said = "The answer is int, which cannot be called. Hand over what you wrote: check('forward', forward)."
    assert check("forward", 3).sentence == said


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm clock on this system")
def test_an_alarm_that_somebody_had_set_is_theirs_again():
    before = signal.signal(signal.SIGALRM, ring := lambda *_: None)
    try:
        check("forward", chain_answer(RIGHT))
        assert signal.getsignal(signal.SIGALRM) is ring
    finally:
        signal.signal(signal.SIGALRM, before)


def runs(wanted):
    """An exercise that asks for this observation: `check` of a function that returns another is about what they are."""
    exercise = Exercise("ran", number=1, lesson="00", points=1, statement=">>> ran()\n1", hints=["A?", "B.", "C."])
    exercise.answer(lambda: wanted)

    @exercise.probe()
    def its_layers(ran):
        """It runs."""
        return ran()

    return exercise


def layers_told(monkeypatch, seen, wanted):
    """(layer, shape that left it, how it differs, shape that left the reference's) of each line of the failure."""
    monkeypatch.setattr(judging.snippet, "call", lambda *args: "ran()")
    monkeypatch.setattr(judging.snippet, "code", lambda *args: "ran()")
    exercise = runs(wanted)
    verdict = judge(exercise, observe(exercise, lambda: seen))
    assert "\n" not in str(verdict) and not verdict.ok
    return [(line.layer, line.got, line.differs, line.want) for line in verdict.failure.layers]


def ran(*layers):
    """A `Run` of (name, output) pairs that returns what the last one put out."""
    return Run(layers[-1][1] if layers else F32([0]), list(layers))


D, R, E = ("Dense(2)", F32([-1, 2])), ("relu", F32([0, 2])), ("Dense(3)", F32([4, 5, 6]))
WRONG = ("Dense(3)", F32([4, 5, 7]))


@pytest.mark.parametrize(
    ("seen", "wanted", "lines"),
    [
        (
            [D, WRONG],
            [D, R, E],
            [
                ("layer[0] Dense(2)", "(2,)", "", "(2,)"),
                ("", "", "alone", "(2,)"),
                ("layer[1] Dense(3)", "(3,)", "values", "(3,)"),
            ],
        ),
        (
            [D, R, R, WRONG],
            [D, R, E],
            [
                ("layer[0] Dense(2)", "(2,)", "", "(2,)"),
                ("layer[1] relu", "(2,)", "", "(2,)"),
                ("layer[2] relu", "(2,)", "alone", ""),
                ("layer[3] Dense(3)", "(3,)", "values", "(3,)"),
            ],
        ),
        ([("Dense(5)", F32([[1, 2]]))], [D], [("layer[0] Dense(5)", "(1, 2)", "shape", "(2,)")]),
        ([("split", (F32([1]), {"a": 1.0}))], [D], [("layer[0] split", "(1,) + {a: float}", "structure", "(2,)")]),
        (
            [("lost", None), WRONG],
            [D, E],
            [("layer[0] lost", "None", "structure", "(2,)"), ("layer[1] Dense(3)", "(3,)", "values", "(3,)")],
        ),
        ([("f", [F32(1), len])], [D], [("layer[0] f", "a single number + builtin_funct…", "structure", "(2,)")]),
    ],
    ids=["one is missing", "one is inserted", "shape", "several arrays", "no array", "no data"],
)
def test_a_failure_puts_the_layers_beside_the_shapes_of_the_reference(monkeypatch, seen, wanted, lines):
    assert layers_told(monkeypatch, ran(*seen), ran(*wanted)) == lines
    inside = {"shapes": [1], "output": ran(*seen)}, {"shapes": [2], "output": ran(*wanted)}
    assert layers_told(monkeypatch, *inside) == lines


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (Run(3.0, [D]), Run(4.0, [D])),
        (ran(), ran(D)),
        (ran(D), ran()),
        (3.0, ran(D)),
        (ran(D), 3.0),
        (ValueError("no"), ran(D)),
    ],
    ids=["the layers agree", "none ran", "the reference has none", "a number", "a number is asked", "an error"],
)
def test_a_failure_tells_no_layers_that_agree_or_stand_on_one_side_only(monkeypatch, seen, wanted):
    assert layers_told(monkeypatch, seen, wanted) == []


def test_of_the_reference_s_layers_neither_a_value_nor_a_name_is_told(monkeypatch):
    secret = ("secret_layer(7.125)", F32([7.125] * 9)), ("Dense(3)", {"whole": F32([7.125]), "text": "7.125"})
    told = str(layers_told(monkeypatch, Run(1.0, [D, E]), Run(2.0, list(secret))))
    assert "secret" not in told and "7.125" not in told and "(9,)" in told


def test_layers_are_told_as_short_text_whatever_an_answer_made_of_them(monkeypatch):
    seen = ran(("x" * 10**4, {"k" * 10**4: F32([1])}), *[("again", F32([1]))] * 3000)
    told = layers_told(monkeypatch, seen, ran(D))
    assert len(told) == 3001
    assert all(type(part) is str and len(part) <= 72 for line in told for part in line)


@pytest.mark.parametrize(
    ("name", "mistake", "first"),
    [
        ("three_layer_mlp", "no_activation", ("", "alone")),
        ("tree_mlp", "one_activation", ("", "alone")),
        ("square_layers", "relu_after_the_last", ("layer[1] relu", "alone")),
        ("conv_chain", "without_padding", ("layer[0] Conv2D(1, 20)", "shape")),
    ],
)
def test_the_first_layer_that_differs_is_found_in_every_framework(name, mistake, first):
    answer = next(each.answer for each in load(name).mistakes if each.name == mistake)
    lines = check(name, answer).failure.layers
    assert next((line.layer, line.differs) for line in lines if line.differs) == first


def test_a_reference_that_fails_is_not_the_answer_s_fault(monkeypatch):
    import seqkit as sk

    monkeypatch.setattr("seqkit.views.practice.judged", lambda *args: 1 / 0)
    said = sk.check("forward", chain_answer(RIGHT))
    assert str(said).startswith("? forward: seqkit could not judge this; your answer is not at fault.")
    assert not said.ok and not said.judged


def test_the_draw_decides_the_values_and_nothing_else_does():
    exercise = load("forward")
    cases = [[probe.cases(draw) for probe in exercise.probes] for draw in (1, 1, 2)]
    assert cases[0] == cases[1] != cases[2]


def test_text_where_a_number_is_wanted_is_wrong_and_no_fault_of_the_kit():
    verdict = check("forward", lambda layers, x: np.array("text"))
    assert verdict.judged and not verdict.ok


BEGINNERS = {
    "conv_chain": (
        "F = objax.functional\ndef conv_chain():\n    return objax.nn.Sequential([objax.nn.Conv2D(1, 20, 5), F.relu()])",
        "An activation function was called",
    ),
    "shapes": (
        "def shapes(layers, x):\n    found = []\n    for layer in layers:\n        x = jnp.zeros(jax.eval_shape(layer, x).shape)\n"
        "        found.append(x.shape)\n    return found",
        "The dtype of x was lost",
    ),
    "keras_chain": (
        "def keras_chain():\n    chain = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(4)])\n"
        "    chain.build((None, 16))",
        "end with: return chain",
    ),
    "replace_conv": (
        "def replace_conv(chain):\n    place = [i for i, layer in enumerate(chain) if isinstance(layer, objax.nn.Conv2D)][1]\n"
        "    chain.pop(place)\n    chain.append(objax.nn.Conv2D(20, 32, 3))\n    return chain",
        "whatever stands before it, between and behind",
    ),
    "chain_of": (
        "def chain_of(features):\n    return tuple(features)",
        "chain_of([5, 8]) returned tuple; the reference returns a chain of Linen",
    ),
    "mlp": (
        "def mlp(sizes, activation):\n    return objax.nn.Sequential([[objax.nn.Linear(5, 8)]])",
        "layers[0] is list; the reference has Linear",
    ),
}


@pytest.mark.parametrize("name", BEGINNERS)
def test_what_a_beginner_wrote_is_told_as_it_is(name):
    import jax
    import jax.numpy as jnp
    import objax

    from seqkit.styles.keras import keras

    code, words = BEGINNERS[name]
    room = {"jax": jax, "jnp": jnp, "objax": objax, "keras": keras}
    exec(code, room)
    verdict = check(name, room[name])
    assert not verdict.ok and words in verdict.sentence, str(verdict)
