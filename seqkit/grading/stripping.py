"""An exercise page as it may stand in the sandbox: its probes, and what they need; no reference, no mistake, no words."""

import ast
import re
import symtable

CUT = {"answer", "mistake"}
"""Marks of a page whose definitions stay outside."""
TOLD = {"oracle", "call", "weight"}
"""What a probe says that is for the judge."""


def stripped(source):
    """The source of a page without its reference, mistakes, statement, hints, docstrings and comments.

    What only those needed goes too: every definition and import that no probe reaches.
    """
    body = [node for node in ast.parse(source).body if not (_marks(node) & CUT or _is_text(node))]
    for node in body:
        _silenced(node)
    kept = _reached(body)
    return "\n\n".join(ast.unparse(node) for node in body if node in kept)


def _marks(node):
    """What `@page.…` stands over a definition."""
    marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in getattr(node, "decorator_list", [])]
    return {mark.attr for mark in marks if isinstance(mark, ast.Attribute) and ast.unparse(mark.value) == "page"}


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _silenced(node):
    """Takes docstrings and what is for the judge out of a definition."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.ClassDef):
            inner.body = [part for part in inner.body if not _is_text(part)] or [ast.Pass()]
            for mark in inner.decorator_list:
                _without(mark, TOLD)
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "page":
        _without(node.value, {"statement", "hints", "in_place"})


def _without(call, names):
    if isinstance(call, ast.Call):
        call.keywords = [each for each in call.keywords if each.arg not in names]


def _reached(body):
    """The nodes that the probes need: grows while it is walked."""
    kept = [node for node in body if "probe" in _marks(node) or _defined(node) & {"page"}]
    for node in kept:
        wanted = _names(node)
        kept += [other for other in body if other not in kept and _defined(other) & wanted]
    return kept


def _defined(node):
    """The names that a statement binds."""
    table = symtable.symtable(ast.unparse(node), "<page>", "exec")
    return {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()}


def _names(node):
    """Every name that a statement uses, those in the code that it draws too."""
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    texts = [
        inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    ]
    return names.union(*(re.findall(r"[A-Za-z_]\w*", text) for text in texts))
