"""A real JupyterLab or Notebook 7 on loopback, in folders of its own, and Debian's Chromium."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import nbformat

from tests.conftest import CHROMIUM

SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
OPEN = (
    "--allow-root --no-browser --ip=127.0.0.1 --ServerApp.port_retries=0 --IdentityProvider.token= "
    "--PasswordIdentityProvider.password= --ServerApp.disable_check_xsrf=True"
).split()
FOLDERS = "JUPYTER_CONFIG_DIR JUPYTER_DATA_DIR JUPYTER_RUNTIME_DIR IPYTHONDIR JUPYTERLAB_SETTINGS_DIR".split()
FOLDERS += ["JUPYTERLAB_WORKSPACES_DIR", "MPLCONFIGDIR"]
APPS = {"lab": ("jupyterlab", "LabApp", "lab/tree"), "notebook": ("notebook", "JupyterNotebookApp", "notebooks")}


@dataclass(frozen=True)
class Jupyter:
    """A server that is up: `app` is "lab" or "notebook", `root` the folder that it serves."""

    app: str
    address: str
    root: Path

    def url(self, name):
        """The page that shows the notebook `name`."""
        return f"{self.address}/{APPS[self.app][2]}/{name}" + ("?reset" if self.app == "lab" else "")

    def end_kernels(self):
        """End every kernel: each holds a JAX, and the next test wants the memory."""
        for kernel in json.load(urlopen(f"{self.address}/api/kernels")):
            urlopen(Request(f"{self.address}/api/kernels/{kernel['id']}", method="DELETE")).close()


@contextmanager
def serving(app, root, home, **variables):
    """A `Jupyter` of this app.

    Args:
        app: "lab" or "notebook".
        root: the folder to serve.
        home: a folder for what Jupyter and IPython write, apart from the user's own.
        variables: environment variables of the server and its kernels.

    Raises:
        RuntimeError: the server ended before it was up; its own words stand in the message.
    """
    module, section, _ = APPS[app]
    port = _free_port()
    options = [*OPEN, f"--port={port}", f"--ServerApp.root_dir={root}", f"--{section}.expose_app_in_browser=True"]
    env = os.environ | {name: str(home / name.lower()) for name in FOLDERS} | variables
    command = [sys.executable, "-m", module, *options]
    _ask_no_questions(home)
    server = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, cwd=home)
    try:
        _wait_until_up(server, app, port)
        yield Jupyter(app, f"http://127.0.0.1:{port}", Path(root))
    finally:
        server.terminate()
        server.wait(20)


def _ask_no_questions(home):
    """The answer to "get notified about official Jupyter news?", which else stands before the notebook."""
    settings = home / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_until_up(server, app, port):
    """Read what it says, a line at a time, until it runs, and knock until it listens; what it says later is dropped."""
    said = ""
    while "is running at" not in said:
        line = server.stderr.readline()
        if not line:
            raise RuntimeError(f"{app} ended before it was up:\n{said}")
        said += line
    Thread(target=_drop, args=[server.stderr], daemon=True).start()
    while server.poll() is None and not _listens(port):
        time.sleep(0.02)


def _listens(port):
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def _drop(stream):
    with stream:
        for _ in stream:
            pass


@contextmanager
def chromium():
    """Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def visiting(browser, width=1280, height=1500):
    """A page of a fresh visitor, who may use the clipboard."""
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, permissions=["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def write_notebook(path, cells):
    """A notebook of these code cells, never run."""
    cells = [nbformat.v4.new_code_cell(code, id=f"cell-{i:02}") for i, code in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
