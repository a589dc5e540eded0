"""What a student may read about one exercise: of the public draw only, with nothing in it that cannot be seen."""

from seqkit.grading.report.visible import visible

MOST = 4_000
"""So many letters of one line go out: other systems cut a long text in the middle of a sentence, or refuse it."""


def lines(one):
    """The lines about a `Weighed`: the sentence, the smallest failing call, remarks, the next hint, and if it was adjusted."""
    score = one.score
    if score is None or not score.judged:
        return [visible(score.sentence, MOST) if score else "It was not judged."]
    told = [f"{score.agreed} of {score.asked} probes. {score.sentence}" if score.started else score.sentence]
    told += [f"Try it: {score.call}"] if score.call else []
    told += score.remarks
    told += [f"Hint: {score.hint}"] if score.hint and not score.ok else []
    told += [f"Adjusted by hand: {one.earned} of {one.points}."] if one.adjusted else []
    return [visible(line, MOST) for line in told if line]
