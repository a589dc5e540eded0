"""A class that was made up: records such as grading leaves, of students who did well, badly, late and oddly."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np

from seqkit.grading import wire
from seqkit.grading.book.entries import Adjustment, Entry
from seqkit.grading.graded import CellRun, Graded, Score
from seqkit.grading.handout.items import Assignment, Item
from seqkit.plain import Run

DUE = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)
SECRET = "the secret draw: 8675309"
"""Stands in all that a student must not see."""

EXERCISES = {
    "forward": (5, "Which value should the second layer receive?"),
    "shapes": (10, "What does `jax.eval_shape` compute?"),
    "mlp": (10, "How many Linear layers do four sizes make?"),
    "three_layer_mlp": (10, "A width of 4.0 is no width. Which of the four arguments must be whole numbers?"),
    "parameter_shapes": (10, "At which places, counted from 0, do the Dense layers stand?"),
    "ListSequential": (25, "What may stand between two layers: always one value?"),
}
MISTAKES = {
    "forward": [("same_input", "Every layer got the first x. Hand on the output: `x = layer(x)`.")],
    "shapes": [("computes", "The arrays were computed. `jax.eval_shape` gives the shape without a number.")],
    "mlp": [
        ("activation_at_the_end", "The last Linear is followed by an activation. They stand between two layers only."),
        ("three_sizes_only", "Only the first three sizes are used. A loop makes a Linear for each two neighbours."),
    ],
    "three_layer_mlp": [
        ("keeps_floats", "A width arrived as a float, and a Dense layer takes a whole number: int(hidden), int(out)."),
        ("relu_after_the_last", "The last layer is followed by a ReLU, so no output is negative."),
    ],
    "parameter_shapes": [("no_gaps", "The Dense layers are numbered 0, 1, 2. relu takes a place as well.")],
    "ListSequential": [
        ("one_value", "A tuple went on as one value. Between two layers it is taken apart: layer(*args).")
    ],
}
CODE = """import jax.numpy as jnp

def {name}(layers, x):
    # {student}: {exercise}
    for {one} in layers:
        x = {one}(x) + {number}
    return x if {number} else [{one}.weight for {one} in layers[{number}:]]"""
NAMES = (
    "ada ben chiara dmitri elif farah gustav hana ivo jun katrin luca mei nils olga pavel quinn rosa sven tomas uma "
    "vera wanja xenia yusuf zoe"
).split()
MORE = [
    "Ana Sofía Müller",
    "李小龙",
    "مريم حداد",
    "Łukasz Żak",
    "O'Brien, Pat",
    "Renée von Hohenstaufen-Lichtenberg zu Bergen",
]


def assignment(name="week-05-chains"):
    """Six exercises, the last of them counting twice."""
    items = [Item(exercise, points) for exercise, (points, _) in EXERCISES.items()]
    items[-1] = Item("ListSequential", 25, weight=2)
    return Assignment(name, tuple(items), DUE, secret=b"never shown")


def entries(students=40):
    """So many entries, by name; the same each time."""
    names = [*NAMES, *MORE, *(f"student-{i:03}" for i in range(max(0, students - len(NAMES) - len(MORE))))][:students]
    return [_entry(name, i, Random(i)) for i, name in enumerate(sorted(names))]


def _entry(student, i, rng):
    ability = rng.betavariate(2.2, 1.6)
    status = {5: "could not be read", 11: "timeout", 17: "died"}.get(i % 40, "ok")
    scores = tuple(_score(exercise, ability, rng, status, i) for exercise in EXERCISES)
    late_s = rng.choice([0, 0, 0, 0, 0, 0, 900, 86400 * 1.3])
    graded = Graded(
        assignment().name,
        student,
        f"submissions/{student}/week-05-chains.ipynb",
        f"{i:064x}",
        DUE - timedelta(hours=rng.uniform(1, 90)) if not late_s else DUE + timedelta(seconds=late_s),
        late_s,
        f"key-{i}",
        f"{SECRET} 0f1e2d3c4b5a",
        status,
        said=_said(status),
        notes=("The file begins with a byte order mark.", "Two cells have the id `cell-3`.") if i % 9 == 4 else (),
        code=() if status == "could not be read" else _code(student, rng),
        cells=_cells(i),
        tried=("socket.socket: no network here", "open('/etc/shadow')", SECRET) if i % 20 == 13 else (),
        scores=scores,
        versions={"jax": "0.9.2", "flax": "0.12.6", "numpy": "2.3.4"},
        sandbox={"Landlock": True, "seccomp": True, "user namespace": i % 2 == 0},
        wall_s=rng.lognormvariate(-1, 0.6) if status != "timeout" else 60,
        cpu_s=rng.lognormvariate(-1.3, 0.5),
        memory_bytes=int(rng.gauss(4.3e8, 3e7)),
        at=DUE + timedelta(days=2),
    )
    return Entry(student, graded, _adjusted(i), ("submissions/late/old.ipynb",) if i % 13 == 6 else ())


def _said(status):
    said = {"could not be read": "`week-05-chains.ipynb` ends in the middle of its JSON, at character 20,480."}
    return said.get(status, "" if status == "ok" else f"{status} in the sandbox; {SECRET}")


def _cells(i):
    quiet = CellRun(1, printed="4 layers\n" if i % 3 else "")
    error = CellRun(
        2,
        "NameError: name 'lyers' is not defined",
        SECRET if i % 8 == 3 else "",
        ("%matplotlib inline", "!pip install torch"),
    )
    return (quiet, error) if i % 4 == 3 else (quiet,)


def _adjusted(i):
    if i % 20 != 7:
        return {}
    reason = "The idea is right; the widths were swapped in the *last* line only."
    return {"mlp": Adjustment("mlp", 8, reason, "Prof. Curie", DUE + timedelta(days=3))}


def _code(student, rng):
    own = student if student not in ("ben", "zoe") else "ben"
    rng = Random(own)
    one, number = rng.choice(["layer", "f", "each", "step"]), rng.randint(1, 9)
    cells = [CODE.format(name=name, student=student, exercise=name, one=one, number=number) for name in EXERCISES]
    extra = [
        f"def extra_{k}(x):\n    return {' + '.join(rng.choice(['x', '2', '(x - 1)', 'f(x)']) for _ in range(9))}"
        for k in range(6)
    ]
    return (*cells, *extra)


def _score(exercise, ability, rng, status, i):
    points, hint = EXERCISES[exercise]
    if status == "could not be read" or rng.random() > 0.55 + ability / 2:
        return Score(exercise, "1", False, False, 0, 5, 0.0, points, hint, hint=hint)
    if rng.random() < ability - points / 120:
        remarks = ("It prints; what counts is what it returns.",) if rng.random() < 0.2 else ()
        return Score(
            exercise,
            "1",
            True,
            True,
            5,
            5,
            points,
            points,
            "Every probe agrees with the reference.",
            "Every probe agrees with the reference.",
            remarks=remarks,
            behaviour="right",
            run=_run(exercise, 0),
        )
    return _wrong(exercise, points, hint, rng, i)


def _wrong(exercise, points, hint, rng, i):
    agreed = rng.randint(0, 4)
    known = rng.choice([*MISTAKES[exercise], None])
    kind = rng.randint(1, 3)
    returned = f"{exercise}([], 3) returned shape ({kind}, 4); the reference returns shape (4,). One example has no batch axis."
    layers = (
        ("layer[0] Dense", "(8,)", "", "(8,)"),
        ("layer[1] relu", "(8,)", "values", "(8,)"),
        ("", "", "alone", "(4,)"),
    )
    return Score(
        exercise, "1", False, True, agreed, 5, round(points * agreed / 5, 2), points,
        known[1] if known else returned,
        found=f"{exercise} on {SECRET}: shape ({kind}, 4) and not (4,).",
        hint=hint,
        mistake=known and known[0],
        call=f"{exercise}([], 3)" if kind > 1 else None,
        code=f"import jax.numpy as jnp\n\nx = jnp.arange(4.0)\n{exercise}([], x)",
        layers=layers if exercise == "three_layer_mlp" else (),
        behaviour=f"{exercise}-{kind}",
        run=_run(exercise, i),
    )  # fmt: skip


def _run(exercise, seed):
    if exercise not in ("mlp", "three_layer_mlp"):
        return None
    x = np.random.default_rng(seed).normal(size=8).astype(np.float32)
    return wire.pack(Run(x[:4], (("Dense(features=8)", x), ("relu", np.maximum(x, 0)), ("Dense(features=4)", x[:4]))))


PAYLOADS = (
    "<script>document.title = 'owned'; window.owned = 1</script>",
    "<img src=x onerror=\"window.owned = 1\"><svg onload=alert(1)><iframe src='javascript:alert(1)'></iframe>",
    "\"' onmouseover=alert(1) style=position:fixed;inset:0 autofocus onfocus=alert(1) x='",
    "</style></pre></title></textarea></script><script>alert(1)</script><style>*{display:none}",
    "javascript:alert(1)//http://example.com/x.png url(http://example.com/y) @import 'http://example.com/z'",
    "\x1b]0;owned\x07\x1b[2J\x00\r\n\x9b31m",
    "\u202egnp.exe\u2066\ufeff\u200b\u2028 e" + "\u0301" * 500,
    "{{ 7 * 7 }}{% include '/etc/passwd' %}${7*7}<!--",
    "../../etc/passwd \\\\server\\share C:CON \ud800",
)
ALL = " ".join(PAYLOADS)
LONG = "<b>" + "W" * 1_000_000


def hostile(students=3):
    """Entries in which every text is hostile."""
    return [_hostile(PAYLOADS[i % len(PAYLOADS)] + " " * i, i) for i in range(students)]


def _hostile(student, i):
    run = Run(ALL, tuple((text, np.arange(3.0)) for text in (*PAYLOADS[:4], LONG)))
    layers = tuple((ALL, ALL, ALL, ALL) for _ in range(3))
    scores = tuple(
        Score(exercise, ALL, False, True, 1, 5, 1.0, points, ALL, ALL + SECRET, ALL, ALL, ALL if i % 2 else LONG, LONG + ALL,
              (ALL, LONG), layers, ALL, wire.pack(run) if exercise == "mlp" else None)
        for exercise, (points, _) in EXERCISES.items()
    )  # fmt: skip
    graded = Graded(
        ALL, student, ALL, ALL, DUE, 60.0, ALL, ALL, ("ok", ALL, "could not be read")[i % 3], ALL, (ALL, LONG), (ALL, LONG, "\x00"),
        (CellRun(1, LONG, ALL, (ALL, LONG)), CellRun(2, ALL, LONG)), (ALL, LONG), scores, {ALL: ALL}, {ALL: True}, at=DUE,
    )  # fmt: skip
    return Entry(student, graded, {"mlp": Adjustment("mlp", 3, ALL, ALL, DUE)}, (ALL, LONG))
