"""Every page keeps its promises: a page is tested by being there."""

import ast
import doctest
import importlib
import inspect
import linecache

import jax.numpy as jnp
import numpy as np
import pytest

from seqkit import snippet
from seqkit.check import Observations, check, judge, observe
from seqkit.compare import first_difference, same
from seqkit.exercise import index, load, names
from seqkit.judge import known, wanted
from seqkit.plain import Raised, plain

DRAWS = range(1, 21)
DRAWS_OF_THE_REFERENCE, DRAWS_OF_MISTAKES = DRAWS[:10], DRAWS[:2]
"""Draws are most of what the tests cost: `make fidelity` asks all twenty."""
TRAINS = ("make_train_step", "fit_digits")
"""Pages of which each answer compiles and trains for seconds: a draw or two has to do."""
every_page = pytest.mark.parametrize("name", names())


def alternatives(name, of="ANSWERS"):
    """Answers of others: right ones; or `of` NEAR_MISSES, (probe that refuses it, answer), or UNNAMED, like no mistake."""
    return getattr(importlib.import_module(f"tests.alternatives.{index()[name].file}"), of, [])


def starter(exercise):
    """The answer that the starter makes, run as a learner runs it: from text, in an empty room."""
    made = {"__name__": "__main__"}
    exec(compile(snippet.starter(exercise), "<a learner's cell>", "exec"), made)
    return made[exercise.name]


@every_page
def test_the_page_has_all_its_parts(name):
    page = load(name)
    assert page.name == page.reference.__name__
    has = probes, mistakes, hints = len(page.probes), len(page.mistakes), len(page.hints)
    assert probes >= 4 and mistakes >= 4 and hints == 3, f"{has} probes, mistakes, hints; wanted 4+, 4+ and 3"
    assert page.hints[0].endswith("?") and page.statement and page.points > 0
    assert all(probe.why.endswith(".") for probe in page.probes)
    assert all(mistake.sentence.endswith((".", ")")) for mistake in page.mistakes)
    assert len({mistake.sentence for mistake in page.mistakes}) == len(page.mistakes)
    for probe in page.probes:
        assert next(iter(inspect.signature(probe.f).parameters)) == name


def test_no_two_pages_of_a_lesson_have_the_same_number():
    places = [(lesson, number) for _, number, lesson, _ in index().values()]
    twice = sorted({place for place in places if places.count(place) > 1})
    assert not twice, f"more than one page has {twice}: give the new one the next free number of its lesson"


@every_page
def test_the_reference_passes_every_draw(name):
    page = load(name)
    for draw in DRAWS[:4] if name in TRAINS else DRAWS_OF_THE_REFERENCE:
        verdict = check(name, page.reference, draw)
        assert verdict.ok and not verdict.remarks, f"draw {draw}: {verdict}"


@every_page
def test_the_starter_runs_and_is_not_started(name):
    verdict = check(name, starter(load(name)))
    assert not verdict.started and verdict.earned == 0 and str(verdict).startswith(f"· {name}: not started.")


def seen_of(page, answer, draw):
    """What `observe` sees of an answer of the page itself; kept, so that no mistake runs twice for one draw."""
    return Observations(page.name, "a function", True, True, tuple(known(p, answer, draw) for p in page.probes))


@every_page
def test_every_mistake_is_refused_and_named_on_every_draw(name):
    page = load(name)
    for draw in DRAWS_OF_MISTAKES[:1] if name in TRAINS else DRAWS_OF_MISTAKES:
        for mistake in page.mistakes:
            verdict = judge(page, seen_of(page, mistake.answer, draw), draw)
            assert (verdict.ok, verdict.mistake) == (False, mistake.name), f"draw {draw}: {verdict}"
            assert verdict.earned < page.points


class AsALearner(ast.NodeTransformer):
    """A mistake under the name of the exercise, with errors in words of its own."""

    def __init__(self, exercise, mistake):
        self.names = {exercise.name: "reference", mistake.name: exercise.name}

    def visit_Name(self, node):
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_Raise(self, node):
        words = [ast.Constant("mine") if isinstance(each, ast.Constant) else each for each in node.exc.args]
        return ast.Raise(ast.Call(node.exc.func, words, []))


def of_a_learner(exercise, mistake):
    module = inspect.getmodule(exercise.reference)
    (node,) = [node for node in ast.parse(inspect.getsource(module)).body if getattr(node, "name", "") == mistake.name]
    node.decorator_list, room = [], vars(module) | {"reference": exercise.reference, "__name__": "__main__"}
    node = AsALearner(exercise, mistake).visit(node)
    node.name = exercise.name
    source, file = ast.unparse(ast.fix_missing_locations(node)), f"<{mistake.name} of a learner>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    exec(compile(source, file, "exec"), room)
    return room[exercise.name]


@pytest.mark.parametrize("name", [name for name in names() if name not in TRAINS])
def test_a_mistake_that_a_learner_makes_is_named(name):
    page = load(name)
    for mistake in page.mistakes:
        assert check(name, of_a_learner(page, mistake)).sentence == mistake.sentence


@every_page
def test_a_wrong_answer_that_only_looks_like_a_mistake_is_refused_and_not_told_of_it(name):
    for answer in alternatives(name, "UNNAMED"):
        for draw in (1, 7, 11):
            verdict = check(name, answer, draw)
            assert (verdict.ok, verdict.mistake) == (False, None), f"draw {draw}: {verdict}"


def refused_by(page, probe, answer):
    """Whether one probe sees that an answer is wrong."""
    pairs = zip(known(probe, answer, 1), wanted(page, page.probes.index(probe), 1), strict=True)
    return any(first_difference(seen.value, other.value, probe.exact) for seen, other in pairs)


@every_page
def test_a_near_miss_is_refused_by_the_probe_that_is_there_for_it(name):
    page = load(name)
    probes = {probe.name: probe for probe in page.probes}
    for probe, answer in alternatives(name, "NEAR_MISSES"):
        assert refused_by(page, probes[probe], answer), f"{probe}: {answer}"


@every_page
def test_every_probe_refuses_a_wrong_answer(name):
    page = load(name)
    answers = [mistake.answer for mistake in page.mistakes] + [
        answer for _, answer in alternatives(name, "NEAR_MISSES")
    ]
    idle = [probe.name for probe in page.probes if not any(refused_by(page, probe, answer) for answer in answers)]
    assert idle == (["in time"] if name == "fit_digits" else [])


@every_page
def test_no_two_mistakes_behave_alike(name):
    page, draw = load(name), 1
    for i, one in enumerate(page.mistakes):
        for other in page.mistakes[:i]:
            pairs = [(p, known(p, one.answer, draw), known(p, other.answer, draw)) for p in page.probes]
            assert any(not same(a.value, b.value, p.exact) for p, x, y in pairs for a, b in zip(x, y, strict=True)), (
                f"{one.name} and {other.name} are one"
            )


@every_page
def test_right_answers_written_differently_pass(name):
    answers = alternatives(name)
    assert len(answers) >= 3
    for answer in answers:
        for draw in DRAWS[:1] if name in TRAINS else DRAWS[:2]:
            verdict = check(name, answer, draw)
            assert verdict.ok, f"{getattr(answer, '__name__', answer)}, draw {draw}: {verdict}"


@every_page
def test_the_call_in_the_statement_gives_what_it_says(name):
    page = load(name)
    room = {"np": np, "jnp": jnp, **vars(inspect.getmodule(page.reference))}
    examples = doctest.DocTestParser().get_doctest(page.statement, room, name, None, 0)
    assert examples.examples, "the statement holds no worked call"
    failed = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples, out=failed.append)
    assert not failed, "".join(failed)


def pasted(code, room):
    """What the last line of a piece of code gives, run behind an answer."""
    *before, last = ast.parse(code).body
    exec(compile(ast.Module(before, []), "<pasted>", "exec"), room)
    return eval(compile(ast.Expression(last.value), "<pasted>", "eval"), room)


@every_page
def test_a_call_that_is_shown_can_be_pasted_behind_the_answer_and_gives_what_the_probe_saw(name):
    page = load(name)
    for probe in page.probes:
        case, seen = probe.cases(2)[-1], known(probe, page.reference, 2)[-1]
        room = {name: page.reference} | {given.__name__: given for given in page.given_parts}
        gave = plain(pasted(snippet.code(page, probe, case), room))
        assert probe.call is not None or same(gave, seen.value, probe.exact), f"{probe.name}: {gave}"


@every_page
def test_values_vary_with_the_draw(name):
    page = load(name)
    drawn = [str([probe.cases(draw) for probe in page.probes]) for draw in DRAWS]
    fixed = all(not probe.drawn for probe in page.probes)
    assert fixed or len(set(drawn)) > 10, (
        f"{len(drawn)} draws give {len(set(drawn))} different calls: draw a value, as number()"
    )


@every_page
def test_the_reference_raises_nothing_that_is_not_asked(name):
    page = load(name)
    for i, probe in enumerate(page.probes):
        for seen in wanted(page, i, 3):
            assert not isinstance(seen.value, Raised), f"{probe.name}: {seen.value}"


@every_page
def test_an_oracle_and_the_reference_are_one(name):
    page = load(name)
    for draw in DRAWS:
        for probe in page.probes:
            if probe.oracle:
                pairs = zip(known(probe, page.reference, draw), known(probe, probe.oracle, draw), strict=True)
                assert not [d for a, b in pairs if (d := first_difference(a.value, b.value, probe.exact))]


def test_of_360_digits_341_are_too_few_and_342_are_enough():
    page = importlib.import_module("seqkit.exercises.fit_digits")
    for wrong, counted in [(19, 341), (18, 342), (0, 342)]:
        labels = page.digits(1).right.copy()
        labels[:wrong] = 9 - labels[:wrong]
        assert page.count_right(lambda images, labels=labels: labels, page.digits(1)) == counted


def test_training_that_takes_more_than_60_s_of_processor_time_is_too_long(monkeypatch):
    page = importlib.import_module("seqkit.exercises.fit_digits")
    for seconds, in_time in [(59.9, True), (60.1, False)]:
        monkeypatch.setitem(page.FITS, (id(raises), 1, 7, False), page.Fit(raises, seconds=seconds))
        assert page.in_time(raises) == {"within 60 s of processor time": in_time}


# ---- answers that are none ----


class Lying:
    def __call__(self, *args, **kwargs):
        return self

    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        raise SystemExit("an array was asked for")

    def __repr__(self):
        return "3.0"

    __hash__ = None


def recurses(*args, **kwargs):
    return recurses(*args, **kwargs)


def raises(*args, **kwargs):
    raise ZeroDivisionError("by zero")


def leaves(*args, **kwargs):
    raise SystemExit(0)


def huge(*args, **kwargs):
    return np.broadcast_to(np.float32(1), (10**9,))


class Liar(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)


def lying_array(*args, **kwargs):
    return np.zeros(3, np.float32).view(Liar)


def lying_object(*args, **kwargs):
    return Lying()


NO_ANSWERS = [None, "forward", 3, int, Lying, Lying(), lambda: 3, lambda *a, **k: None, recurses, raises, leaves, huge]
NO_ANSWERS += [lying_array, lying_object, type("Empty", (), {})]


@every_page
def test_whatever_is_handed_over_gets_a_verdict_and_no_exception(name):
    for answer in NO_ANSWERS:
        verdict = check(name, answer)
        assert verdict.judged and not verdict.ok and len(str(verdict)) > 20


@every_page
def test_observations_are_plain_data(name):
    plain = {"NoneType", "bool", "int", "float", "complex", "str", "list", "tuple", "dict", "ndarray"}
    plain |= {"Raised", "Thing", "Huge", "Run"}

    def kinds(value):
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
        if type(value).__name__ == "Run":
            inside = (value.output, value.layers)
        return {type(value).__name__}.union(*map(kinds, inside))

    for answer in [load(name).reference, lying_array, lying_object]:
        for cases in observe(load(name), answer).probes:
            assert all(kinds(seen.value) <= plain for seen in cases)
