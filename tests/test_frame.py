"""The frame around the kit: locks, environment files, Binder, the Makefile, and the scripts that stand beside them."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
import rattler
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["lab.txt", "test.txt", "uv.txt"]
MAKE = shutil.which("make")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


environment = load(ROOT / "requirements" / "environment.py")
torch_cpu = load(ROOT / "requirements" / "torch_cpu.py")


def run(*command, cwd=ROOT, **variables):
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **variables}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def command(name):
    """A command of the environment that runs these tests, whether or not it is on the PATH."""
    return shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


def repository():
    """Every file that is committed, or would be by `git add .`, with its text; None where it has none."""
    listed = run("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert listed.returncode == 0, listed.stderr
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return {file: text_of(file) for file in files if file.is_file()}


def text_of(file):
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def conda_lines():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def pip_lines():
    return next(line["pip"] for line in conda_lines() if isinstance(line, dict))


# ---- the locks ----


def requirements_of(lock):
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return [block for block in re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE) if block.strip()]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_of_a_lock_is_an_exact_pin_with_its_hashes(lock):
    blocks = requirements_of(lock)
    assert blocks
    for block in blocks:
        pin = Requirement(block.splitlines()[0].rstrip(" \\"))
        assert [part.operator for part in pin.specifier] == ["=="], block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address(lock):
    assert not re.search(r"--(extra-)?index-url|--find-links|://", (ROOT / "requirements" / lock).read_text("utf-8"))


def bounded():
    declared = [(line, "lab.txt") for line in PROJECT["dependencies"]]
    return declared + [(line, "test.txt") for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]]


@pytest.mark.parametrize(("declared", "lock"), bounded())
def test_what_pyproject_asks_for_is_pinned_within_its_bounds(declared, lock):
    asked = Requirement(declared)
    pinned = [pin for pin in map(Requirement, environment.pins(ROOT / "requirements" / lock)) if pin.name == asked.name]
    assert pinned, f"{asked.name} is not in {lock}: run `make lock`"
    for pin in pinned:
        version = next(iter(pin.specifier)).version
        assert version in asked.specifier, f"{pin} is not within {declared}: run `make lock`"


def test_the_torch_that_make_torch_installs_is_one_that_the_extra_takes():
    (extra,) = map(Requirement, PROJECT["optional-dependencies"]["torch"])
    assert next(iter(Requirement(torch_cpu.TORCH).specifier)).version in extra.specifier


# ---- conda and Binder ----


def test_both_environment_files_are_the_same_bytes_and_up_to_date():
    written = [file.read_bytes() for file in environment.FILES]
    assert written == [environment.environment().encode()] * 2, "run `make lock`"


def test_check_says_which_environment_file_is_not_up_to_date(tmp_path):
    for name in ["requirements", "binder"]:
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "environment.yml", tmp_path)
    script = str(tmp_path / "requirements" / "environment.py")
    assert run(sys.executable, script, "--check").returncode == 0
    with (tmp_path / "binder" / "environment.yml").open("a") as file:
        file.write("      - six==1.0\n")
    checked = run(sys.executable, script, "--check")
    assert checked.returncode == 1
    assert checked.stdout == f"{Path('binder/environment.yml')} is not up to date: run `make lock`\n"


def test_the_environment_holds_the_whole_lab_lock_and_what_runs_lessons_as_tests():
    lines = set(pip_lines())
    assert set(environment.pins(environment.LAB)) <= lines
    assert {"nbval", "pytest", "pluggy", "coverage"} <= {environment.name(line) for line in lines}


def test_conda_reads_every_line_as_a_matchspec_and_python_is_one_that_the_kit_takes():
    specs = [rattler.MatchSpec(line) for line in conda_lines() if isinstance(line, str)]
    assert [str(spec).split()[0] for spec in specs] == ["python", "pip"]
    (version,) = re.findall(r"^python=(\d+\.\d+)$", "\n".join(map(str, conda_lines())), flags=re.MULTILINE)
    assert version in SpecifierSet(PROJECT["requires-python"])


def test_pip_reads_every_line_of_the_environment_as_an_exact_pin():
    for line in pip_lines():
        assert [part.operator for part in Requirement(line).specifier] == ["=="], line


def test_the_pins_of_the_environment_resolve_together_and_lack_nothing(tmp_path):
    (tmp_path / "pins.in").write_text("\n".join(pip_lines()), encoding="utf-8")
    options = ["--quiet", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate"]
    resolved = run(command("uv"), "pip", "compile", *options, "pins.in", cwd=tmp_path)
    unreachable = re.search("Failed to fetch|network was disabled", resolved.stderr)
    if unreachable and os.environ.get("CI") != "true":
        pytest.skip("the package index can not be reached")
    assert resolved.returncode == 0, resolved.stderr
    pins = {line.partition(" ;")[0] for line in resolved.stdout.splitlines() if "==" in line}
    assert pins == {line.partition(" ;")[0] for line in pip_lines()}


def test_binder_builds_a_conda_environment_from_the_files_in_binder(tmp_path):
    for file in repository():
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy, follow_symlinks=False)
    read = run(command("jupyter-repo2docker"), "--no-build", "--debug", ".", cwd=tmp_path)
    said = read.stdout + read.stderr
    assert read.returncode == 0, said
    assert "Building conda environment for python=3.11" in said
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in said
    assert "RUN ./binder/postBuild" in said


def test_binder_holds_plain_files_and_what_is_run_can_be_run():
    assert not [file for file in (ROOT / "binder").rglob("*") if file.is_symlink()]
    for name in ["binder/postBuild", ".ci/run"]:
        script = ROOT / name
        assert os.access(script, os.X_OK), f"chmod +x {name}"
        shell = script.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#!").split()
        assert run(*shell, "-n", str(script)).returncode == 0


# ---- the repository ----


def test_no_committed_file_names_a_package_host_or_a_place_on_some_machine():
    elsewhere = re.compile(
        r"pypi\.org|pythonhosted\.org|anaconda\.org|download\.pytorch|(?<![\w.])/(root|opt|home|work)/|/tmp/ipykerne[l]"
    )
    found = {
        str(file.relative_to(ROOT)): match.group()
        for file, text in repository().items()
        if text and (match := elsewhere.search(text))
    }
    assert found == {}


# ---- the Makefile ----


def test_help_lists_every_target_that_a_person_may_name():
    public = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    listed = re.findall(r"^  make ([a-z-]+) +\S", run(MAKE, "help").stdout, flags=re.MULTILINE)
    assert {"help", "lab", "test", "lint", "format", "bench", "run-notebooks", "lock", "torch", "clean"} <= set(listed)
    assert sorted(listed) == sorted(public.group(1).split())


def test_make_lab_without_a_new_enough_python_says_so_in_one_sentence(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    only = tmp_path / "only"
    only.mkdir()
    old = only / "python3"
    pretence = "import sys; sys.version_info = (3, 10, 99); exec(sys.argv[1])"
    old.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{pretence}' \"$2\"\n")
    old.chmod(0o755)
    made = run(MAKE, "lab", "PYTHON=", cwd=tmp_path, PATH=str(only))
    said = [line for line in made.stderr.splitlines() if not line.startswith("make")]
    assert made.returncode != 0
    assert said == [
        "seqkit takes Python 3.11 or newer, and none is on the PATH; "
        "install one, or name it: make lab PYTHON=/path/to/python3.12"
    ]
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_cannot_make_the_environment_is_told_and_one_that_can_is_not(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    python, path = tmp_path / "python3", os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    for makes, status in (("mkdir -p .venv; exit 1", 2), ("mkdir -p .venv", 0)):
        python.write_text(f'#!/bin/sh\ncase "$*" in "-m venv .venv") {makes} ;; esac\n')
        python.chmod(0o755)
        made = run(MAKE, ".venv/python", "PYTHON=", cwd=tmp_path, PATH=path)
        told = "python3 could not make .venv; on Debian and Ubuntu install python3-venv, then try again" in made.stderr
        assert (made.returncode, told) == (status, bool(status)), made.stderr
        assert (tmp_path / ".venv" / "python").exists() == (not status)


def test_an_install_that_fails_is_not_taken_for_one_that_worked(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "requirements").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ["requirements/uv.txt", "requirements/lab.txt", ".venv/python", ".venv/uv"]:
        (tmp_path / name).touch()
    for name in ["uv", "python"]:  # installers that get none of the pins, and would get the kit itself
        installer = tmp_path / ".venv" / "bin" / name
        installer.write_text('#!/bin/sh\ncase "$*" in *--require-hashes*) exit 1 ;; esac\n')
        installer.chmod(0o755)
    assert run(MAKE, ".venv/lab", cwd=tmp_path).returncode != 0
    assert not (tmp_path / ".venv" / "lab").exists()


# ---- notebooks that are run and saved ----


def notebook(path, *sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    cells[0].metadata["execution"] = {"iopub.execute_input": "2020-02-02T02:02:02Z"}
    metadata = {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.9.1"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)


def run_notebooks(*paths):
    return run(sys.executable, str(ROOT / "tests" / "run_notebooks.py"), *map(str, paths))


def test_a_notebook_is_saved_with_its_outputs_and_without_its_run(tmp_path):
    path = tmp_path / "01_chain.ipynb"
    notebook(path, "print(1, flush=True)\nprint(2, flush=True)", "import ipywidgets\nipywidgets.IntSlider(3)")
    ran = run_notebooks(path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    first = path.read_bytes()
    saved = nbformat.reads(first.decode(), as_version=4)
    nbformat.validate(saved)
    printed, slider = saved.cells
    assert [cell.id for cell in saved.cells] == ["cell-0", "cell-1"]
    assert [output.text for output in printed.outputs] == ["1\n2\n"]
    assert list(slider.outputs[0].data) == ["text/plain"]
    assert [dict(cell.metadata) for cell in saved.cells] == [{}, {}]
    assert "widgets" not in saved.metadata
    assert "version" not in saved.metadata.language_info
    assert saved.metadata.kernelspec.name == "python3"
    assert run_notebooks(path).returncode == 0
    assert path.read_bytes() == first


def test_a_notebook_that_fails_is_left_untouched_and_the_next_one_runs(tmp_path):
    failing, fine = tmp_path / "01_failing.ipynb", tmp_path / "02_fine.ipynb"
    notebook(failing, "prices = [3, 5]", "prices[2]")
    notebook(fine, "print('fine')")
    before = failing.read_bytes()
    ran = run_notebooks(failing, fine)
    assert ran.returncode == 1
    assert "prices[2]" in ran.stdout and "IndexError" in ran.stdout
    assert failing.read_bytes() == before
    assert nbformat.read(fine, as_version=4).cells[0].outputs[0].text == "fine\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["01_failing.ipynb", "02_fine.ipynb"]


# ---- PyTorch ----


def wheel(folder, name, version, *needs):
    """A wheel that holds nothing but its own description, which is all that pip plans with."""
    info = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {n}" for n in needs)]
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def make_torch(tmp_path):
    """What the script does where pip finds only the wheels in `tmp_path`, and torch is not installed yet.

    `-S` hides the torch of this environment; PIP_TARGET makes pip install beside it.
    """
    script = str(ROOT / "requirements" / "torch_cpu.py")
    folders = {"PIP_FIND_LINKS": str(tmp_path), "PIP_TARGET": str(tmp_path / "target")}
    return run(sys.executable, "-S", script, PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, **folders)


def test_torch_for_the_cpu_is_installed(tmp_path):
    wheel(tmp_path, "torch", "2.13.0+cpu", "filelock")
    wheel(tmp_path, "filelock", "3.1")
    made = make_torch(tmp_path)
    assert (made.returncode, made.stdout) == (0, "installed torch==2.13.0+cpu filelock==3.1\n"), made.stderr
    installed = [file.name for file in (tmp_path / "target").glob("*.dist-info")]
    assert sorted(installed) == ["filelock-3.1.dist-info", "torch-2.13.0+cpu.dist-info"]


@pytest.mark.parametrize(
    ("version", "companion"),
    [("2.13.0", "nvidia_cublas"), ("2.13.0", "cuda_bindings"), ("2.13.0", "triton"), ("2.13.0+cu130", "filelock")],
)
def test_a_plan_with_cuda_in_it_is_refused_in_one_sentence_and_nothing_is_installed(tmp_path, version, companion):
    wheel(tmp_path, "torch", version, companion)
    wheel(tmp_path, companion, "1.0")
    made = make_torch(tmp_path)
    blamed = "torch" if "+" in version else companion
    assert made.returncode == 1
    assert re.fullmatch(rf"pip would bring PyTorch's CUDA build \({blamed}\): .*\n", made.stderr)
    assert not (tmp_path / "target").exists()


def test_a_wheel_from_a_folder_for_cuda_is_seen_as_cuda():
    entry = {
        "metadata": {"name": "torch", "version": "2.13.0"},
        "download_info": {"url": "https://example/cu130/torch.whl"},
    }
    assert torch_cpu.cuda({"install": [entry]}) == ["torch"]
    entry["download_info"]["url"] = "https://example/cpu/torch.whl"
    assert torch_cpu.cuda({"install": [entry]}) == []


def test_where_pip_finds_no_torch_one_sentence_says_so(tmp_path):
    made = make_torch(tmp_path)
    assert made.returncode == 1
    assert re.fullmatch(rf"pip finds no {re.escape(torch_cpu.TORCH)} here: .*\n", made.stderr)


def test_a_torch_that_is_here_is_left_alone(tmp_path):
    (tmp_path / "torch.py").write_text("__version__ = '2.6.0'\n")
    made = run(sys.executable, str(ROOT / "requirements" / "torch_cpu.py"), PYTHONPATH=str(tmp_path), PIP_NO_INDEX="1")
    assert (made.returncode, made.stdout) == (0, "torch 2.6.0 is here already\n")
