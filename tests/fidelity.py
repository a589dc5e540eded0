"""How well the pages judge: `python -m tests.fidelity [NAME …]` (`make fidelity`). Ends with 1 if one of them does not.

For each page: mistakes named, small edits of the reference refused, right answers written differently accepted, and how long
a check of a right answer takes: the first in a fresh Python, with every import, and again.
"""

import importlib
import subprocess
import sys
from statistics import median
from time import perf_counter

from seqkit.check import check
from seqkit.exercise import index, load, names
from tests import conftest  # noqa: F401 - a home of its own, JAX on the CPU
from tests.mutants import survivors

DRAWS = range(1, 21)
DRAWS_OF_ALTERNATIVES = DRAWS[:3]
FIRST = (
    "import time; begun = time.perf_counter(); import seqkit as sk; from seqkit.exercise import load; "
    "answer = load('{0}').reference; imported = time.perf_counter(); "
    "assert sk.check('{0}', answer).ok; print(imported - begun, time.perf_counter() - imported)"
)


def first_s(name):
    """(seconds that the imports take, seconds of the first check after them), in a fresh Python."""
    command = [sys.executable, "-W", "ignore", "-c", FIRST.format(name)]
    return tuple(map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()))


def again_s(name, rounds=9):
    """Seconds of a repeated check, the median of `rounds`."""
    import seqkit as sk

    reference, times = load(name).reference, []
    sk.check(name, reference)
    for _ in range(rounds):
        start = perf_counter()
        sk.check(name, reference)
        times.append(perf_counter() - start)
    return median(times)


def unnamed(page):
    """(how many mistakes, those that are not named on every draw)."""
    wrong = [m.name for m in page.mistakes if any(check(page.name, m.answer, draw).mistake != m.name for draw in DRAWS)]
    return len(page.mistakes), [f"the mistake {name} is not named on every draw" for name in wrong]


def passing(page):
    """(how many edits of the reference, those that pass)."""
    tried, passed = survivors(page)
    return tried, [f"an edit passes: {label}" for label, _ in passed]


def unaccepted(page):
    """(how many right answers, those that are refused): the reference, and the alternatives on fewer draws."""
    answers = [(page.reference, DRAWS)]
    answers += [
        (f, DRAWS_OF_ALTERNATIVES)
        for f in importlib.import_module(f"tests.alternatives.{index()[page.name].file}").ANSWERS
    ]
    wrong = [f for f, draws in answers if not all(check(page.name, f, draw).ok for draw in draws)]
    return len(answers), [f"a right answer is refused: {getattr(f, '__name__', f)}" for f in wrong]


def line(name, counts, times):
    """A row of the table: (some, all) three times, then seconds of the imports, the first check, and one again."""
    cells = [f"{some} of {all_}" for some, all_ in counts]
    shown = f"{times[0]:6.2f} s {times[1]:6.2f} s {times[2] * 1e3:6.1f} ms"
    return f"{name:24} {cells[0]:>15} {cells[1]:>15} {cells[2]:>13} {shown}"


def main(chosen):
    """Print the table; under a page whatever it judges wrongly."""
    print(f"{'':24} {'mistakes named':>15} {'edits refused':>15} {'right ones':>13}  imports    first     again")
    rows = []
    for name in chosen or names():
        page = load(name)
        found = unnamed(page), passing(page), unaccepted(page)
        rows.append(([(tried - len(wrong), tried) for tried, wrong in found], (*first_s(name), again_s(name))))
        print(line(name, *rows[-1]), *(each for _, wrong in found for each in wrong), sep="\n    ", flush=True)
    sums = [tuple(map(sum, zip(*column, strict=True))) for column in zip(*(counts for counts, _ in rows), strict=True)]
    print(line("all; medians", sums, [median(column) for column in zip(*(times for _, times in rows), strict=True)]))
    return 0 if all(some == all_ for some, all_ in sums) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
