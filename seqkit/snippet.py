"""Code to be shown: the starter cut from a reference, the reference itself, and the call of a probe, ready to be pasted."""

import ast
import functools
import inspect
import symtable
import sys
import textwrap

SHORT = 48
"""Drawn values of up to so many letters are written into the call itself."""
LINE = 96


def starter(exercise):
    """What a learner begins with: frameworks imported, the parts given, and the reference with `...` for every body."""
    page = _page(exercise)
    parts = [page.definitions[part.__name__] for part in exercise.given_parts]
    source = page.definitions[exercise.reference.__name__]
    return page.with_imports([*parts, _emptied(source)], aside={exercise.name}, frameworks_of=source)


def reference(exercise):
    """The reference as it stands on its page, with its imports and the parts given."""
    page = _page(exercise)
    parts = [page.definitions[part.__name__] for part in (*exercise.given_parts, exercise.reference)]
    return page.with_imports(parts)


def call(exercise, probe, case):
    """The call of a probe in one line, `forward([], 3)`; None if it takes more than that."""
    body = _body(probe)
    if len(body) != 1:
        return None
    line = ast.unparse(_Inlined(case).visit(body[0]))
    return line if len(line) <= LINE and not (_names(line) & case.keys()) else None


def code(exercise, probe, case):
    """The whole call of a probe: imports, what it needs of the page, the drawn values, the call. Runs after the answer."""
    given = [f"{name} = {drawn}" for name, drawn in case.items()]
    body = [ast.unparse(statement) for statement in _body(probe)]
    return _page(exercise).with_imports(["\n".join([*given, *body])], aside={exercise.name, *case})


@functools.cache
def _page(exercise):
    return _Page(inspect.getmodule(exercise.reference))


class _Page:
    """The source of a page: its imports and definitions by name."""

    def __init__(self, module):
        self.imports, self.definitions = {"np": "import numpy as np", "jnp": "import jax.numpy as jnp"}, {}
        source = inspect.getsource(module)
        self.lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._add_import(node)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.definitions[node.name] = self._source(node)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                self.definitions[ast.unparse(node.targets[0])] = self._source(node)

    def _source(self, node):
        """A definition as it is written, without the marks of the page."""
        marks = [mark for mark in getattr(node, "decorator_list", []) if not ast.unparse(mark).startswith("page.")]
        kept = ["@" + ast.unparse(mark) for mark in marks]
        return "\n".join([*kept, *self.lines[node.lineno - 1 : node.end_lineno]])

    def _add_import(self, node):
        for alias in node.names:
            name = (alias.asname or alias.name).partition(".")[0]
            one = type(node)(
                names=[alias], **({"module": node.module, "level": 0} if isinstance(node, ast.ImportFrom) else {})
            )
            self.imports[name] = ast.unparse(one)

    def with_imports(self, parts, aside=frozenset(), frameworks_of=""):
        """`parts` behind every import and definition of the page that they need, except for the names `aside`."""
        made = {ast.parse(part).body[0].name for part in parts if part.startswith(("def ", "class ", "@"))}
        kept = {name: code for name, code in self.definitions.items() if name not in {*made, *aside, "page"}}
        wanted = sorted(set().union(*map(_names, parts)))
        for name in wanted:  # grows while it is walked: what a definition needs is needed too
            wanted += [other for other in sorted(_names(kept.get(name, ""))) if other not in wanted]
        defined = [code for name, code in kept.items() if name in wanted]
        wanted += [name for name in _names(frameworks_of) if _is_framework(self.imports.get(name, ""))]
        imports = sorted({self.imports[name] for name in wanted if name in self.imports and name not in aside})
        blocks = ["\n".join(imports)] if imports else []
        return "\n\n".join([*blocks, *defined, *parts])


def _is_framework(line):
    """Whether an import is of a library: what Python brings itself may be part of the answer."""
    return bool(line) and line.split()[1].partition(".")[0] not in sys.stdlib_module_names


def _names(source):
    """The names that a piece of code takes from around it."""
    return _taken(symtable.symtable(source, "<page>", "exec"))


def _taken(table):
    outer = table.get_type() == "module"
    found = {each.get_name() for each in table.get_symbols() if (each.is_referenced() if outer else each.is_global())}
    return found.union(*map(_taken, table.get_children()))


def _body(probe):
    """The statements of a probe without its docstring; the last one is what it returns."""
    if probe.call is not None:
        return ast.parse(probe.call).body
    function = ast.parse(textwrap.dedent(inspect.getsource(probe.f))).body[0]
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    *before, last = body
    return [*before, ast.Expr(last.value) if isinstance(last, ast.Return) else last]


class _Inlined(ast.NodeTransformer):
    """Writes short drawn values in the place of their names."""

    def __init__(self, case):
        self.case = case

    def visit_Name(self, node):
        drawn = self.case.get(node.id, "")
        return ast.parse(drawn, mode="eval").body if 0 < len(drawn) <= SHORT else node


def _emptied(source):
    """A function with `...` for its body, or a class with that in each of its methods; private methods go."""
    lines, (node,) = source.splitlines(), ast.parse(source).body
    functions = (
        [node] if isinstance(node, ast.FunctionDef) else [p for p in node.body if isinstance(p, ast.FunctionDef)]
    )
    for function in reversed(functions):
        first = min(mark.lineno for mark in (*function.decorator_list, function)) - 1
        private = function is not node and function.name.startswith("_") and not function.name.endswith("__")
        lines[first : function.end_lineno] = [] if private else _blank(function, first, lines)
    return "\n".join(lines).rstrip()


def _blank(function, first, lines):
    """The lines of a function from number `first` up to its docstring, and `...`."""
    has_doc = ast.get_docstring(function) is not None
    last = function.body[0].end_lineno if has_doc else function.body[0].lineno - 1
    return [*lines[first:last], " " * function.body[0].col_offset + "..."]
