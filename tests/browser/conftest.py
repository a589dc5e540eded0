"""A real JupyterLab on loopback and Debian's Chromium, each in folders of its own that are gone afterwards."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHROMIUM

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The address of a running JupyterLab that serves copies of the lessons."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, home / "notebooks")
    folders = "JUPYTER_CONFIG_DIR JUPYTER_DATA_DIR JUPYTER_RUNTIME_DIR IPYTHONDIR JUPYTERLAB_SETTINGS_DIR"
    names = [*folders.split(), "JUPYTERLAB_WORKSPACES_DIR", "MPLCONFIGDIR"]
    env = os.environ | {name: str(home / name.lower()) for name in names}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--allow-root --no-browser --ip=127.0.0.1 --port={port} --ServerApp.port_retries=0".split()
    options += (
        "--IdentityProvider.token= --PasswordIdentityProvider.password= --ServerApp.disable_check_xsrf=True".split()
    )
    options += ["--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={home / 'notebooks'}"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    server = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, cwd=home)
    try:
        said = ""
        while "is running at" not in said:  # a line at a time, until it is up or has ended
            line = server.stderr.readline()
            assert line, f"JupyterLab ended before it was up:\n{said}"
            said += line
        drain = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=server.stderr)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        drain.terminate()
        drain.wait(20)


@pytest.fixture(scope="session")
def chromium():
    """Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page of a fresh visitor."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 1500}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield context.new_page()
    context.close()
