"""What was seen of an answer → its `Score`. This is where the reference is, and no code of a student."""

import hashlib
import threading

from seqkit.check import DRAW, judge
from seqkit.exercise import load
from seqkit.grading.graded import Score
from seqkit.grading.handout.items import version
from seqkit.grading.wire import pack
from seqkit.judge import wanted
from seqkit.plain import Raised, Run

ONE_AT_A_TIME = threading.Lock()
"""A reference that runs redirects standard output, which belongs to the whole process."""
LONGEST, MOST_LAYERS = 1_500, 100
"""Letters kept of a sentence, and layers of a chain: names come out of the room, and need not be those of layers."""
MAX_RUN_BYTES = 64 << 10
"""A run is kept for its picture if it is not larger."""
UNJUDGED = (
    "seqkit could not judge this; your answer is not at fault. Whoever grades it is told, and can have it judged again."
)
ELSEWHERE = "Every call that `check` shows agrees; the same calls with other values do not. Work the result out from the arguments."


def expected(exercise, draw):
    """For each probe of an exercise the cases of a draw, as code. The reference is run on them, once, and remembered."""
    page = load(exercise)
    with ONE_AT_A_TIME:
        for i in range(len(page.probes)):
            wanted(page, i, draw)
    return [probe.cases(draw) for probe in page.probes]


def layers(exercises):
    """[name, shape of its input] of each layer that the references of these exercises run, without their order."""
    found = {pair for name in exercises for run in _reference_runs(load(name)) for pair in _pairs(*run)}
    return [[name, list(shape)] for name, shape in sorted(found)]


def _reference_runs(page):
    """(`Run`, the arrays that the case was called with) of each case on the public draw."""
    for i, probe in enumerate(page.probes):
        for case, seen in zip(probe.cases(DRAW), wanted(page, i, DRAW), strict=True):
            given = [value for value in probe.arguments(case).values() if hasattr(value, "shape")]
            yield from ((run, given) for run in _runs(seen.value))


def _pairs(run, given):
    received = given[0] if given else None
    for name, output in run.layers:
        if isinstance(getattr(received, "shape", None), tuple):
            yield name, received.shape
        received = output


def score(item, draw, seen, trouble="", is_begun=False):
    """The `Score` of one exercise.

    Args:
        item: of the assignment.
        draw: the secret one.
        seen: {"secret": Observations, "public": …}, as far as they came; None where nothing has the name.
        trouble: why they did not come, a sentence.
        is_begun: whether a cell was to make the name, and raised.
    """
    exercise = load(item.exercise)
    if "secret" not in seen:
        return _unseen(item, exercise, True, f"It could not be tried. {trouble}".strip())
    if seen["secret"] is None:
        sentence = f"The notebook has nothing named `{exercise.name}`. {trouble}".strip()
        return _unseen(item, exercise, is_begun, sentence)
    with ONE_AT_A_TIME:
        return unless_it_fails(lambda: _judged(item, exercise, draw, seen), item)


def unless_it_fails(judged, item):
    """The `Score` that `judged()` gives; if seqkit itself fails there, one that says so and finds no fault with the answer."""
    try:
        return judged()
    except Exception as error:
        found = f"seqkit could not judge this: {type(error).__name__}: {error}"[:500]
        return Score(item.exercise, item.version, False, True, 0, 0, 0.0, item.points, UNJUDGED, found)


def _judged(item, exercise, draw, seen):
    verdict = judge(exercise, seen["secret"], draw)
    shown = judge(exercise, seen["public"], DRAW) if seen.get("public") else None
    failure = shown.failure if shown and not verdict.ok else None
    return Score(
        exercise.name,
        version(exercise.name),
        ok=verdict.ok,
        started=verdict.started,
        agreed=verdict.agreed,
        asked=verdict.asked,
        earned=item.scaled(verdict.earned, verdict.points),
        points=item.points,
        sentence=_sentence(verdict, shown)[:LONGEST],
        found=verdict.sentence[:LONGEST],
        hint=_hint(exercise, verdict),
        mistake=verdict.mistake,
        call=failure and failure.call,
        code=failure.code if failure else "",
        remarks=tuple(remark[:LONGEST] for remark in shown.remarks) if shown else (),
        layers=tuple(map(_told, failure.layers[:MOST_LAYERS])) if failure else (),
        behaviour=_behaviour(seen["secret"]),
        run=_run(seen.get("public")),
    )


def _told(line):
    return line.layer, line.got, line.differs, line.want


def _unseen(item, exercise, started, sentence):
    return Score(
        exercise.name,
        version(exercise.name),
        ok=False,
        started=started,
        agreed=0,
        asked=len(exercise.probes),
        earned=0.0,
        points=item.points,
        sentence=sentence,
        found=sentence,
        hint="" if started else exercise.hints[0],
        behaviour=_digest(sentence.encode()) if started else "",
    )


def _sentence(verdict, shown):
    """What the student is told: nothing that was drawn in secret is in it."""
    if verdict.mistake:
        return next(each.sentence for each in load(verdict.exercise).mistakes if each.name == verdict.mistake)
    if verdict.ok or not verdict.started:
        return verdict.sentence
    return shown.sentence if shown and not shown.ok else ELSEWHERE


def _hint(exercise, verdict):
    """A question for whoever has not begun; a direction for whoever is on the way."""
    return "" if verdict.ok else exercise.hints[1 if verdict.started else 0]


def _behaviour(observations):
    """12 digits that equal answers share, and equally wrong ones: of what was seen, not of how it was written."""
    seen = [[_bare(one.value) for one in cases] for cases in observations.probes]
    return _digest(pack([observations.kind, seen])) if observations.started else ""


def _digest(packed):
    return hashlib.sha256(packed).hexdigest()[:12]


def _bare(value):
    """Without what differs from one way of writing to another: a learner's line, the layers on the way."""
    if isinstance(value, Run):
        return _bare(value.output)
    if isinstance(value, Raised):
        return Raised(value.kind, value.message)
    if isinstance(value, dict):
        return {key: _bare(part) for key, part in value.items()}
    return type(value)(map(_bare, value)) if isinstance(value, list | tuple) else value


def _run(observations):
    """The first run of a chain on the public draw, packed; None if there is none, or none that is small enough."""
    runs = (run for cases in (observations.probes if observations else ()) for one in cases for run in _runs(one.value))
    packed = next((pack(run) for run in runs if run.layers), None)
    return packed if packed and len(packed) <= MAX_RUN_BYTES else None


def _runs(value):
    if isinstance(value, Run):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _runs(part)
