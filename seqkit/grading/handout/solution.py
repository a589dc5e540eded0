"""The answer cell of nbgrader's source: the starter with its `...` filled in, so that nbgrader cuts it back to the starter.

nbgrader puts its stub, `...` by our `nbgrader_config.py`, in the place of each region between the two marks. So a region
stands where the starter has `...`; what else the reference needs, imports or private methods, stands inside the last one.
"""

import ast

from seqkit import snippet

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "..."


def marked(exercise):
    """The source of the answer cell, its solutions marked for nbgrader."""
    starter, reference = snippet.starter(exercise), snippet.reference(exercise)
    lines, blanks = starter.splitlines(), _functions(starter)
    filled = {name: _body(function, reference.splitlines()) for name, function in _functions(reference).items()}
    for i, (name, function) in enumerate(reversed(blanks.items())):
        more = _more(starter, reference) if i == 0 else []
        indent = " " * function.body[-1].col_offset
        region = [indent + BEGIN, *filled[name], *more, indent + END]
        lines[function.end_lineno - 1 : function.end_lineno] = region
    return "\n".join(lines)


def _answer(source):
    """The function or class that is asked for: it stands last."""
    return ast.parse(source).body[-1]


def _functions(source):
    """{name: node} of what has a body to be written: the function, or the methods of the class."""
    return {each.name: each for each in _parts(_answer(source))}


def _parts(answer):
    inside = [answer] if isinstance(answer, ast.FunctionDef) else answer.body
    return [each for each in inside if isinstance(each, ast.FunctionDef)]


def _body(function, lines):
    """The lines of a function behind its docstring."""
    has_doc = ast.get_docstring(function) is not None
    first = function.body[0].end_lineno if has_doc else function.body[0].lineno - 1
    return lines[first : function.end_lineno]


def _more(starter, reference):
    """What the reference has and the starter has not: methods of its class, then imports and definitions around it."""
    lines, kept = reference.splitlines(), _functions(starter)
    methods = [part for part in _parts(_answer(reference)) if part.name not in kept]
    around = {ast.dump(node) for node in ast.parse(starter).body}
    outside = [node for node in ast.parse(reference).body[:-1] if ast.dump(node) not in around]
    return [line for node in (*methods, *outside) for line in ["", *_lines(node, lines)]]


def _lines(node, lines):
    first = min(mark.lineno for mark in (*getattr(node, "decorator_list", []), node)) - 1
    return lines[first : node.end_lineno]
