"""Small edits of a reference, one at a time: each must be refused. `make fidelity` tries all of them.

An edit that makes no difference to any caller stands in `EQUIVALENT`, with the reason.
"""

import ast
import copy
import inspect
import textwrap

from seqkit import observe
from seqkit.compare import first_difference
from seqkit.judge import wanted
from seqkit.plain import Raised

LIMIT_S = 10
SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult}
COMPARISONS = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt}
COMPARISONS |= {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
FUNCTIONS = {"relu": "tanh", "tanh": "relu", "softmax": "sigmoid", "argmax": "argmin", "mean": "sum"}


def edits(node):
    """Other nodes to put in the place of `node`."""
    match node:
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(str() as value):
            yield ast.Constant(value + "x")
        case ast.BinOp(left, op, right) if type(op) in SWAPS:
            yield ast.BinOp(left, SWAPS[type(op)](), right)
        case ast.Compare(left, [op], right) if type(op) in COMPARISONS:
            yield ast.Compare(left, [COMPARISONS[type(op)]()], right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), inner):
            yield inner
        case ast.IfExp(_, body, orelse):
            yield body
            yield orelse
        case ast.List(elements) | ast.Tuple(elements) if isinstance(node.ctx, ast.Load):
            yield from _of_elements(type(node), elements)
        case ast.Call(f, args, keywords):
            yield from _of_calls(f, args, keywords)
        case ast.Subscript(value, ast.Slice(lower, upper, step)):
            for cut in [(None, upper), (lower, None)] if lower or upper else []:
                yield ast.Subscript(value, ast.Slice(*cut, step), node.ctx)
        case ast.Attribute(value, attr) if attr in FUNCTIONS:
            yield ast.Attribute(value, FUNCTIONS[attr], node.ctx)


def _of_elements(kind, elements):
    for i in range(len(elements)):
        yield kind([*elements[:i], *elements[i + 1 :]], ast.Load())
    for i in range(len(elements) - 1):
        swapped = [*elements[:i], elements[i + 1], elements[i], *elements[i + 2 :]]
        yield kind(swapped, ast.Load())


def _of_calls(f, args, keywords):
    if len(args) == 1 and not keywords and not isinstance(args[0], ast.Starred):
        yield args[0]
    if len(args) > 1:
        yield ast.Call(f, [args[1], args[0], *args[2:]], keywords)
    for i in range(len(keywords)):
        yield ast.Call(f, args, [*keywords[:i], *keywords[i + 1 :]])


def mutants(exercise):
    """(what was edited, the source of the edited reference) for every edit that changes the text."""
    module = inspect.getmodule(exercise.reference)
    tree = ast.parse(textwrap.dedent(inspect.getsource(module)))
    (root,) = [node for node in tree.body if getattr(node, "name", None) == exercise.name]
    root.decorator_list = [mark for mark in root.decorator_list if not ast.unparse(mark).startswith("page.")]
    seen = {ast.unparse(root)}
    for label, edited in [*_of_nodes(root), *_of_statements(root)]:
        source = ast.unparse(ast.fix_missing_locations(edited))
        if source not in seen:
            seen.add(source)
            yield label, source


def _paths(node, path=()):
    """Every expression of a tree with the way to it; docstrings, annotations and marks left out."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns"):
            continue
        inside = value if isinstance(value, list) else [value]
        for i, part in enumerate(inside):
            if not isinstance(part, ast.AST) or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)):
                continue
            here = (*path, (name, i if isinstance(value, list) else None))
            if isinstance(part, ast.expr):
                yield here, part
            yield from _paths(part, here)


def _of_nodes(root):
    for path, node in list(_paths(root)):
        for new in edits(node):
            before, after = ast.unparse(node), ast.unparse(ast.fix_missing_locations(copy.deepcopy(new)))
            yield f"{before} → {after}", _with(root, path, new)


def _with(root, path, new):
    edited = copy.deepcopy(root)
    holder = edited
    for name, i in path[:-1]:
        holder = getattr(holder, name) if i is None else getattr(holder, name)[i]
    name, i = path[-1]
    if i is None:
        setattr(holder, name, copy.deepcopy(new))
    else:
        getattr(holder, name)[i] = copy.deepcopy(new)
    return edited


def _of_statements(root):
    """The tree without one of its statements."""
    for number, node in enumerate(ast.walk(root)):
        for field in ("body", "orelse"):
            inside = getattr(node, field, None)
            for i, statement in enumerate(inside if isinstance(inside, list) else []):
                if isinstance(statement, ast.AnnAssign | ast.FunctionDef):
                    continue
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    continue
                edited = copy.deepcopy(root)
                held = getattr(list(ast.walk(edited))[number], field)
                held[i] = ast.Pass()
                yield f"without: {ast.unparse(statement).splitlines()[0]}", edited


def built(exercise, source):
    """The answer that a source makes, among the names of its page; None if it makes none."""
    room = dict(vars(inspect.getmodule(exercise.reference)))
    room["__name__"] = "mutant"
    try:
        exec(compile(source, "<mutant>", "exec"), room)
    except Exception:
        return None
    return room.get(exercise.name)


def is_refused(exercise, answer, draw):
    """Whether some probe differs; looks no further than the first that does."""
    observe.LIMIT_S = LIMIT_S
    for i, probe in enumerate(exercise.probes):
        pairs = zip(observe.observe_probe(answer, probe, draw), wanted(exercise, i, draw), strict=True)
        for seen, other in pairs:
            assert not isinstance(other.value, Raised), f"the reference of {exercise.name} raised {other.value}"
            if first_difference(seen.value, other.value, probe.exact):
                return True
    return False


SAME_LENGTH = "the two lists are always of one length"
WORDS = "the words of an error are free"
EQUIVALENT = {
    "shapes": {"tuple(found) → found": "a list in place of a tuple passes, with a remark"},
    "to_equinox": {"0 → 1": "the numbers that this key draws are all replaced"},
    "split_keys": {"zip(layers, keys, strict=True) → zip(layers, keys)": SAME_LENGTH, "True → False": SAME_LENGTH},
    "EquinoxSequential": {
        "zip(self.layers, keys, strict=True) → zip(self.layers, keys)": SAME_LENGTH,
        "True → False": SAME_LENGTH,
    },
    "LinenSequential": {
        "'LinenSequential takes a list of layers.' → 'LinenSequential takes a list of layers.x'": WORDS,
        "'LinenSequential got no layer.' → 'LinenSequential got no layer.x'": WORDS,
    },
    "make_train_step": {
        "optax.apply_updates(params, updates) → optax.apply_updates(updates, params)": "an addition commutes",
    },
    "Residual": {
        "'x is ' → 'x is x'": WORDS,
        "', inner puts out ' → ', inner puts out x'": WORDS,
        "'.' → '.x'": WORDS,
    },
}
"""{exercise: {edit: why nobody can tell}}."""


FREE = {"fit_digits": "an edit that still gets 0.95 right is a right answer, and each one trains for seconds"}
"""{exercise: why its edits are not tried}."""


def survivors(exercise, draw=1, only=None):
    """(how many edits were tried, [(edit, source) of each that passes])."""
    equal, tried, passed = EQUIVALENT.get(exercise.name, {}), 0, []
    if exercise.name in FREE:
        return tried, passed
    for i, (label, source) in enumerate(mutants(exercise)):
        if label in equal or (only and i not in only):
            continue
        answer = built(exercise, source)
        tried += 1
        if answer is not None and not is_refused(exercise, answer, draw):
            passed.append((label, source))
    return tried, passed
