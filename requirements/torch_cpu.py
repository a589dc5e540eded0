"""Add PyTorch for the CPU to the environment of the Python that runs this, and never its CUDA build.

pip is asked first what it would install; a plan with anything of CUDA in it is refused.
"""

import importlib
import json
import re
import subprocess
import sys

TORCH = "torch==2.13.0"
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]


def installed():
    """The version of the torch that can be imported here, or None."""
    try:
        return importlib.import_module("torch").__version__
    except ImportError:
        return None


def plan(requirement):
    """What pip would install for `requirement`, as pip's own report; None if it finds nothing."""
    run = subprocess.run([*PIP, "--dry-run", "--report", "-", requirement], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else None


def cuda(report):
    """The names in pip's report that belong to a build for CUDA (or another graphics card)."""
    return [entry["metadata"]["name"] for entry in report["install"] if is_cuda(entry)]


def is_cuda(entry):
    """Whether one entry of the report is CUDA's: by its name, its local version or the folder that it comes from."""
    name, version = entry["metadata"]["name"].lower(), entry["metadata"]["version"]
    local = version.partition("+")[2] if name == "torch" else ""
    folder = re.search(r"/cu\d+/", entry["download_info"]["url"])
    return name.startswith(("nvidia", "cuda", "triton")) or local not in ("", "cpu") or folder is not None


def exact(report):
    """Each distribution of the report with its whole version, so that what was looked at is what is installed."""
    found = [entry["metadata"] for entry in report["install"]]
    return [f"{metadata['name']}=={metadata['version']}" for metadata in found]


def main():
    """Install torch for the CPU, or leave with one sentence why not."""
    if version := installed():
        return print(f"torch {version} is here already")
    if (report := plan(TORCH)) is None:
        sys.exit(f"pip finds no {TORCH} here: look at the network, or at the package index that pip is set to")
    if names := cuda(report):
        sys.exit(
            f"pip would bring PyTorch's CUDA build ({', '.join(names)}): point pip at PyTorch's CPU index, then try again"
        )
    if subprocess.run([*PIP, *exact(report)]).returncode:
        sys.exit(f"pip could not install {TORCH}: its own words are above")
    return print("installed", *exact(report))


if __name__ == "__main__":
    main()
