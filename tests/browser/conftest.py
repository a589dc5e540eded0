"""One JupyterLab, one Notebook 7 and one Chromium for all browser tests, each started when first asked for."""

import re
import shutil
from pathlib import Path

import pytest

from tests.browser import explorer, server

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parents[1] / "notebooks"


def pytest_collection_modifyitems(items):
    """Every test of this folder needs Chromium."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The folder that both servers serve: copies of the lessons."""
    return Path(shutil.copytree(NOTEBOOKS, tmp_path_factory.mktemp("served") / "notebooks"))


@pytest.fixture(scope="session")
def lab_server(served, tmp_path_factory):
    with server.serving("lab", served, tmp_path_factory.mktemp("lab")) as up:
        yield up


@pytest.fixture(scope="session")
def notebook7_server(served, tmp_path_factory):
    with server.serving("notebook", served, tmp_path_factory.mktemp("notebook7")) as up:
        yield up


@pytest.fixture
def lab(lab_server):
    """A running JupyterLab, whose kernels end with the test."""
    yield lab_server
    lab_server.end_kernels()


@pytest.fixture
def notebook7(notebook7_server):
    """A running Notebook 7, whose kernels end with the test."""
    yield notebook7_server
    notebook7_server.end_kernels()


@pytest.fixture(params=["lab", "notebook7"])
def jupyter(request):
    """Each of the two in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def chromium():
    """Chromium, driven by Playwright."""
    with server.chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium):
    """A page of a fresh visitor."""
    with server.visiting(chromium) as page:
        yield page


@pytest.fixture(scope="session")
def stage(lab_server, chromium):
    """A notebook that all tests of the explorer share: each writes its last cell anew."""
    with explorer.stage(lab_server, chromium) as page:
        yield page


@pytest.fixture
def lesson_of(served, request):
    """`lesson_of(cells)` writes a notebook of these code cells where it is served, and returns its name."""

    def write(cells):
        name = re.sub(r"\W+", "_", request.node.name).strip("_") + ".ipynb"
        server.write_notebook(served / name, cells)
        return name

    return write
