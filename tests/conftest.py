"""How the tests are run: on the CPU, compiled in a hurry and once, and with nothing skipped that CI has asked for."""

import atexit
import importlib.util
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
# A program that one process has compiled serves all: a lesson is run as shipped, solved, and in the browser.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).resolve().parent.parent / ".jax_cache"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
# No test, and no lesson that nbval runs, adds to anybody's progress.
os.environ["SEQKIT_HOME"] = tempfile.mkdtemp(prefix="seqkit-")
atexit.register(shutil.rmtree, os.environ["SEQKIT_HOME"], ignore_errors=True)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
INSTALLED = {"torch": importlib.util.find_spec("torch") is not None, "browser": CHROMIUM is not None}
INSTALLED["postgresql"] = bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def pytest_sessionstart(session):
    """CI names in SEQKIT_REQUIRE what must not be skipped for want of an install."""
    missing = [name for name in os.environ.get("SEQKIT_REQUIRE", "").split() if not INSTALLED[name]]
    if missing:
        pytest.exit(f"SEQKIT_REQUIRE asks for {' and '.join(missing)}, which is not installed here", returncode=1)


def pytest_collection_modifyitems(items):
    """Skip what needs something that is not here: notebook cells tagged `needs:torch`, tests marked `browser`."""
    for item in items:
        tags = item.cell.metadata.get("tags", []) if hasattr(item, "cell") else []
        if "needs:torch" in tags and not INSTALLED["torch"]:
            item.add_marker(pytest.mark.skip(reason="PyTorch is not installed"))
        if item.get_closest_marker("browser") and not INSTALLED["browser"]:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


TOGETHER = r"(browser)/|test_exercises\.py::\w+\[(.+)\]$|([^:]+\.ipynb)::|test_(resume|stripping|cluster|nbval)\.py"
"""What one worker has, in the name of a test."""


def pytest_xdist_make_scheduler(config, log):
    """One worker has the browser tests and their servers, one each page of the exercises, one each notebook, one each file
    whose fixture grades a class.

    `--dist loadgroup` would say so with marks, and xdist 3.8 does not read them under pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Rooms(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            together = re.search(TOGETHER, nodeid)
            return next(filter(None, together.groups())) if together else nodeid

    return Rooms(config, log)
