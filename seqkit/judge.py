"""`judge` what was observed: plain data, compared with what the reference gave for the same draw. No answer is here.

What the reference and the known mistakes give is computed once for each draw and kept.
"""

import functools
from dataclasses import dataclass

from seqkit import snippet
from seqkit.compare import Difference, first_difference, list_for_tuple, same
from seqkit.lines import Line, layer_by_layer
from seqkit.observe import DRAW, observe_probe
from seqkit.plain import Raised


@dataclass(frozen=True)
class Failure:
    """The smallest call that shows the difference.

    Attributes:
        probe: what it looks at.
        call: it in one line, or None if it takes more.
        code: the whole of it, ready to be pasted behind the answer.
        seen: what came, as plain data.
        wanted: what the reference gave.
        difference: the `Difference` that is told.
        why: the rule behind the probe.
        layers: a `Line` for each layer, where both sides ran layers and these differ; else none.
    """

    probe: str
    call: str | None
    code: str
    seen: object
    wanted: object
    difference: Difference
    why: str
    layers: tuple[Line, ...]


@dataclass(frozen=True)
class Verdict:
    """An answer, judged.

    Attributes:
        exercise: its name.
        ok: whether every probe agrees.
        started: whether there was an answer.
        agreed, asked: how many probes agree, of how many.
        earned, points: the weight earned, of how much.
        sentence: what is the matter.
        mistake: the name of the known mistake that it behaves like, or None.
        failure: the smallest call that shows it, or None.
        remarks: what is not wrong and still worth a word.
        judged: False if seqkit itself failed.
    """

    exercise: str
    ok: bool
    started: bool
    agreed: int
    asked: int
    earned: float
    points: int
    sentence: str
    mistake: str | None = None
    failure: Failure | None = None
    remarks: tuple[str, ...] = ()
    judged: bool = True

    @property
    def mark(self):
        """✓ right, ✗ wrong, · not started, ? not judged."""
        return "?" if not self.judged else "✓" if self.ok else "✗" if self.started else "·"

    def __str__(self):
        count = f"{self.agreed} of {self.asked} probes" if self.started and self.judged else "not started"
        said = " ".join([self.sentence, *self.remarks])
        return f"{self.mark} {self.exercise}: {said if not self.judged else f'{count}. {said}'}"

    __repr__ = __str__


def judge(exercise, observations, draw=DRAW):
    """The `Verdict` on what was observed: plain data, compared with what the reference gave for the same draw."""
    if not observations.started:
        return _verdict(exercise, [], exercise.hints[0], started=False)
    if not observations.callable:
        return _verdict(exercise, [], f"The answer is {observations.kind}, which cannot be called. {_asked(exercise)}")
    differ = [_first_that_differs(exercise, i, seen, draw) for i, seen in enumerate(observations.probes)]
    agreed = [found is None for found in differ]
    remarks = _remarks(exercise, observations, agreed, draw)
    if all(agreed):
        return _verdict(exercise, agreed, "Every probe agrees with the reference.", remarks=remarks)
    failure = _failure(exercise, differ)
    mistake = _diagnosis(exercise, observations, draw)
    sentence = mistake.sentence if mistake else _told(failure)
    return _verdict(exercise, agreed, sentence, mistake=mistake and mistake.name, failure=failure, remarks=remarks)


def _verdict(exercise, agreed, sentence, started=True, **more):
    weights = [probe.weight for probe in exercise.probes]
    share = sum(weight for weight, one in zip(weights, agreed, strict=False) if one) / sum(weights)
    return Verdict(
        exercise.name,
        ok=sum(agreed) == len(weights),
        started=started,
        agreed=sum(agreed),
        asked=len(weights),
        earned=round(exercise.points * share, 2),
        points=exercise.points,
        sentence=sentence,
        **more,
    )


def _asked(exercise):
    return f"Hand over what you wrote: check({exercise.name!r}, {exercise.name})."


@functools.lru_cache(maxsize=16384)
def known(probe, answer, draw):
    """What a probe saw of an answer that seqkit knows: the reference, an oracle, a mistake. Kept."""
    return observe_probe(answer, probe, draw)


def wanted(exercise, i, draw):
    """What probe `i` saw of the reference, or of the framework's own class where the probe names it."""
    probe = exercise.probes[i]
    return known(probe, probe.oracle or exercise.reference, draw)


def _first_that_differs(exercise, i, seen, draw):
    """(case, what came, what was wanted, `Difference`) of the first case of probe `i` that differs; None if all agree."""
    probe = exercise.probes[i]
    for case, one, other in zip(probe.cases(draw), seen, wanted(exercise, i, draw), strict=True):
        if isinstance(other.value, Raised):
            raise RuntimeError(f"the reference of {exercise.name} raised {other.value.kind}: {other.value.message}")
        found = first_difference(one.value, other.value, probe.exact)
        if found:
            return case, one.value, other.value, found
    return None


def _failure(exercise, differ):
    """The `Failure` of the first probe that differs."""
    probe, (case, seen, other, found) = next(pair for pair in zip(exercise.probes, differ, strict=True) if pair[1])
    shown = snippet.call(exercise, probe, case), snippet.code(exercise, probe, case)
    return Failure(probe.name, *shown, seen, other, found, probe.why, layer_by_layer(seen, other))


def _diagnosis(exercise, observations, draw):
    """The known mistake that behaves the same on every probe, or None."""
    for mistake in exercise.mistakes:
        pairs = zip(exercise.probes, observations.probes, strict=True)
        if all(_alike(probe, seen, known(probe, mistake.answer, draw)) for probe, seen in pairs):
            return mistake
    return None


def _alike(probe, seen, other):
    return all(same(one.value, two.value, probe.exact) for one, two in zip(seen, other, strict=True))


def _told(failure):
    """The smallest failing call in one sentence, and the rule behind it."""
    found, subject = failure.difference, failure.call or f"The probe “{failure.probe}”"
    if found.kind == "raised" and not found.want.startswith("raises ") and not found.path:
        own = getattr(failure.seen, "line", None)
        line = f", in your line `{own}`" if own else ""
        return f"{subject} raised {found.got}{line}. {failure.why}"
    got, want = (_named(found.kind, said) for said in (found.got, found.want))
    came, has = (f"{subject}: {found.place} is", "has") if found.path else (f"{subject} returned", "returns")
    reference = want if want.startswith("raises ") else f"{has} {want}"
    return " ".join(filter(None, [f"{came} {got}; the reference {reference}.", found.where, failure.why]))


def _named(kind, said):
    """What came or was wanted, with the word for it where a shape or a dtype stands alone."""
    alone = kind == "dtype" or (kind == "shape" and said.startswith("("))
    return f"{kind} {said}" if alone else said


def _remarks(exercise, observations, agreed, draw):
    """What is not wrong and still worth a word."""
    seen = [one for probe in observations.probes for one in probe]
    wants = [other for i in range(len(exercise.probes)) for other in wanted(exercise, i, draw)]
    found = []
    if any(one.printed for one in seen) and not any(other.printed for other in wants):
        found.append("It prints; what counts is what it returns.")
    if any(one.warned for one in seen):
        found.append(f"It warns: {next(one.warned for one in seen if one.warned).rstrip('.')}.")
    changed = sorted(
        {name for one, other in zip(seen, wants, strict=True) for name in set(one.changed) - set(other.changed)}
    )
    if changed and not exercise.in_place:
        found.append(
            f"It changes its argument {' and '.join(f'`{name}`' for name in changed)}: whoever calls it still needs that."
        )
    if all(agreed) and any(list_for_tuple(one.value, other.value) for one, other in zip(seen, wants, strict=True)):
        found.append("A list came where a tuple was asked; their items agree.")
    return tuple(found)
