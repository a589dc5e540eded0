"""Which cell of a notebook made a view: when that cell runs again, its earlier views are closed and what they held is freed."""

import sys
import weakref

_MADE = {}
"""{id of a cell: (which run of it, weak references to its views)}."""


def keep(view):
    """Note that the running cell made `view`; close what an earlier run of the same cell, or a cell now deleted, made."""
    cell, run, deleted = this_cell()
    for gone in deleted:
        _close(gone)
    if cell is None:
        return
    if cell in _MADE and _MADE[cell][0] != run:
        _close(cell)
    _MADE.setdefault(cell, (run, []))[1].append(weakref.ref(view))


def this_cell():
    """(id of the running cell, id of this run, ids of deleted cells), as JupyterLab tells; (None, None, ()) elsewhere."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    said = (parent or {}).get("metadata", {})
    return said.get("cellId"), (parent or {}).get("header", {}).get("msg_id"), said.get("deletedCells", ())


def _close(cell):
    for view in [ref() for ref in _MADE.pop(cell, (None, ()))[1]]:
        if view is not None:
            view.close()
