"""What a check costs: again, in a fresh Python, and beside the same probes called without a judge."""

from statistics import median

from benchmarks.pairs import compare, row
from seqkit.check import DRAW, check
from seqkit.exercise import load, names
from tests.fidelity import again_s, first_s

TRAINING = {"fit_digits"}
"""Exercises that train for seconds: no check of them is quick."""


def plainly(exercise):
    """Every probe of the reference, called as a hand-written test would call it."""
    for probe in exercise.probes:
        for case in probe.cases(DRAW):
            probe.f(exercise.reference, **probe.arguments(case))


def main():
    """Print the rows."""
    again = {name: again_s(name) * 1e3 for name in names() if name not in TRAINING}
    imports, first = zip(*(first_s(name) for name in names()), strict=True)
    slowest = max(again, key=again.get)
    rows = [
        row(f"repeated check, median of {len(again)} pages", 0, None, median(again.values()), 50, " ms"),
        row(f"repeated check, slowest page: {slowest}", 0, None, again[slowest], 300, " ms"),
        row(f"first check in a fresh Python, median of {len(first)} pages", 0, None, median(first), 3, " s"),
    ]
    both = median(one + other for one, other in zip(imports, first, strict=True))
    print(f"{'    the imports of the page with it, median':58} {'':27} {both:8.3f} s")
    page = load("three_layer_mlp")
    what = "check ÷ the same probes called plainly: three_layer_mlp"
    rows.append(compare(what, lambda: check(page.name, page.reference), lambda: plainly(page), 1.5))
    return all(rows)
