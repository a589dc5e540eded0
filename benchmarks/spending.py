"""`python -m benchmarks.spending COMMAND …`: runs it and says, as JSON, its wall time and the CPU time of all that it started."""

import ctypes
import json
import os
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def spent(command, folder=None, **environment):
    """(wall s, CPU s) of a command: with its children, theirs, and those that outlive it.

    Raises:
        RuntimeError: it ended with another code than 0; says what it printed last.
    """
    around = [sys.executable, "-m", "benchmarks.spending", *map(str, command)]
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = usual() | environment | {"PYTHONPATH": here, "SPENDING_FOLDER": str(folder or here)}
    done = subprocess.run(around, capture_output=True, text=True, env=inside)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def usual():
    """An environment as a teacher has it: Python keeps what it compiled, and JAX looks for no GPU."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}


def main():
    """Adopts whatever loses its parent, so that nothing of what it cost is missed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    folder, _ = os.environ.pop("SPENDING_FOLDER"), os.environ.pop("PYTHONPATH")
    start = time.perf_counter()
    command = subprocess.Popen(sys.argv[1:], cwd=folder, stdout=sys.stderr)
    wall_s, cpu_s, code = 0.0, 0.0, 0
    while (ended := _next()) is not None:
        pid, status, used = ended
        cpu_s += used.ru_utime + used.ru_stime
        if pid == command.pid:
            wall_s, code = time.perf_counter() - start, os.waitstatus_to_exitcode(status)
    print(json.dumps([wall_s, cpu_s]))
    return code


def _next():
    try:
        return os.wait4(-1, 0)
    except ChildProcessError:
        return None


if __name__ == "__main__":
    sys.exit(main())
