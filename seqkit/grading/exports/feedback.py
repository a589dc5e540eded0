"""What a student may read about one exercise: of the public draw only, with nothing in it that cannot be seen."""

from seqkit.grading.report.visible import visible

MOST = 4_000
"""So many letters of one line go out: other systems cut a long text in the middle of a sentence, or refuse it."""


def lines(one):
    """The lines about a `Weighed`: the sentence, the smallest failing call, remarks, the next hint, and if it was adjusted."""
    told = _judged(one.score) if one.score else ["It was not judged."]
    told += [f"Adjusted by hand: {one.earned} of {one.points}."] if one.adjusted else []
    return [visible(line, MOST) for line in told if line]


def _judged(score):
    count = f"{score.agreed} of {score.asked} probes. " if score.started and score.judged else ""
    told = [f"{count}{score.sentence}", *([f"Try it: {score.call}"] if score.call else []), *score.remarks]
    return told + ([f"Hint: {score.hint}"] if score.hint and not score.ok else [])
