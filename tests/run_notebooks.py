"""Run notebooks and save their outputs in place: `python tests/run_notebooks.py notebooks/*.ipynb`.

A saved notebook holds nothing of the run itself (times, Python version, live widgets), so running it again changes nothing.
A notebook that fails is left as it was.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ENVIRONMENT = {"JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}
CELL_TIMEOUT_S = 120
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def run(path):
    """The notebook at `path` with fresh outputs, run in its own folder."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT_S,
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
        coalesce_streams=True,
    ).execute()
    return notebook


def settle(notebook):
    """Take out of `notebook` what differs from one run, or one Python, to the next."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["kernelspec"] = KERNEL
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            # Without its kernel a view can only say "model not found", in the place of the picture beside it.
            output.get("data", {}).pop(WIDGET_VIEW, None)


def save(notebook, path):
    """Write `notebook` to `path` whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(nbformat.writes(notebook).rstrip("\n") + "\n", encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def main(paths):
    """Run and save each notebook; return 1 if one of them failed."""
    os.environ.update(ENVIRONMENT)
    failed = 0
    for path in map(Path, paths):
        try:
            with tempfile.TemporaryDirectory() as home:  # a lesson shows what a new learner sees
                os.environ["SEQKIT_HOME"] = home
                notebook = run(path)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            print(f"✗ {path} is left as it was:\n{error}")
            failed += 1
            continue
        settle(notebook)
        save(notebook, path)
        print(f"✓ {path}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
