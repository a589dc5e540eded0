"""Notebooks as students hand them in, and the processes that grading starts: for the tests of grading, and its benchmarks."""

import os
import time
from pathlib import Path

import nbformat
from nbformat import v4

FORWARD = """def forward(layers, x):
    for layer in layers:
        x = layer(x)
    return x
"""
SHAPES = """import jax

def shapes(layers, x):
    found = []
    for layer in layers:
        x = jax.eval_shape(layer, x)
        found.append(x.shape)
    return tuple(found)
"""
CHAIN_OF = """from flax import linen as nn

def chain_of(features):
    layers = []
    for width in features:
        layers += [nn.Dense(width), nn.relu]
    return nn.Sequential(layers[:-1])
"""
STARTED_BY = "start.py"
"""Stands in the command line of a fork server, and of its children."""


def notebook(*cells):
    """The text of a notebook with these code cells."""
    made = v4.new_notebook(cells=[v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(cells)])
    return nbformat.writes(made)


def hand_in(folder, assignment, submissions):
    """`folder`, with `STUDENT/ASSIGNMENT.ipynb` for each {student: cells, or the text of a file}."""
    for student, cells in submissions.items():
        file = folder / student / f"{assignment}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(cells if isinstance(cells, str) else notebook(*cells), encoding="utf-8")
    return folder


def children(pid):
    """The processes that a process has started and that still run, and theirs."""
    threads = Path(f"/proc/{pid}/task")
    found = [int(one) for thread in _listed(threads) for one in _text(thread / "children").split()]
    return found + [further for one in found for further in children(one)]


def fork_servers(pid=None):
    """The fork servers of a process, this one if none is named: not their children."""
    return [one for one in children(pid or os.getpid()) if is_ours(one) and not is_ours(_parent(one))]


def is_ours(pid):
    """Whether a process is a fork server or one of its children."""
    return STARTED_BY in _text(Path(f"/proc/{pid}/cmdline"))


def all_end(pids, limit_s=20.0):
    """Whether all of these processes end within so many seconds."""
    end = time.monotonic() + limit_s
    while any(map(_runs, pids)):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _runs(pid):
    state = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()[:1]
    return bool(state) and state != ["Z"]


def _parent(pid):
    after = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return int(after[1]) if after else 0


def _listed(folder):
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _text(file):
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
