"""What a student earned, in the weighted points of the assignment: what every system but ours calls the score."""

from dataclasses import dataclass

from seqkit.grading.graded import Score


@dataclass(frozen=True)
class Weighed:
    """One exercise of one entry: its `Score`, and what it earned of how much, by hand or not, times its weight."""

    exercise: str
    score: Score | None
    earned: float
    points: float
    adjusted: bool

    @property
    def full(self):
        """Whether everything that can be had was earned."""
        return self.earned >= self.points


def weighed(entry, assignment):
    """A `Weighed` for each exercise of the assignment, in its order; an exercise that was not judged earned 0."""
    scores = {score.exercise: score for score in entry.graded.scores}
    return [_weighed(entry, item, scores.get(item.exercise)) for item in assignment.items]


def _weighed(entry, item, score):
    earned, points = (tidy(item.weight * each) for each in (entry.earned(item.exercise), item.points))
    return Weighed(item.exercise, score, earned, points, item.exercise in entry.adjustments)


def total(entry, assignment):
    """What was earned in all."""
    return tidy(sum(item.weight * entry.earned(item.exercise) for item in assignment.items))


def possible(assignment):
    """What can be earned in all."""
    return tidy(assignment.points)


def tidy(number):
    """A number to 2 decimals, whole where it is whole: what a person would write."""
    number = round(float(number), 2)
    return int(number) if number.is_integer() else number
