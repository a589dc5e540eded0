"""How far grading is: a bar on a terminal, a line every few seconds elsewhere; both with the rate and the time left."""

import sys
import time

EVERY_S = 5
"""So often a line is written where there is no terminal."""


class Progress:
    """What `grade` tells while it works, shown on stderr: `with Progress(voice) as tell: grade(…, tell=tell)`."""

    def __init__(self, voice, what="graded"):
        self._voice, self._what, self._how = voice, what, voice.bar()
        self._bar, self._task = None, None
        self._begun, self._said, self._before = time.monotonic(), time.monotonic(), 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._bar:
            self._bar.stop()

    def __call__(self, event, **facts):
        """Takes an event that `grade` tells; one that it does not know it leaves alone."""
        getattr(self, f"_on_{event}", lambda **_: None)(**facts)

    def _on_sandbox(self, layers=None, sentence="", **_):
        """What this machine lacks is said even under `--quiet`."""
        if sentence:
            (self._voice.note if all((layers or {}).values()) else self._voice.warn)(sentence)

    def _on_begin(self, total=0, skipped=0, **_):
        self._begun, self._before = time.monotonic(), skipped
        if skipped:
            self._voice.note(f"{skipped} of {total} were graded before; what has not changed stays as it is.")

    def _on_stopping(self, **_):
        self._voice.note("stopping; what is graded is kept")

    def _on_graded(self, student="", done=0, total=0, **_):
        self.reached(done, total, student)

    def reached(self, done, total, name=""):
        """Shows that `done` of `total` are done, the last of them `name`."""
        if self._how == "bar":
            self._draw(done, total, name)
        elif self._how == "lines" and (time.monotonic() - self._said >= EVERY_S or done == total):
            self._said = time.monotonic()
            self._voice.note(self._line(done, total, self._said - self._begun))

    def _draw(self, done, total, name):
        if self._bar is None:
            self._bar = _bar()
            self._task = self._bar.add_task("", total=total, completed=done, name="")
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total, name=_short(name))

    def _line(self, done, total, passed_s):
        rate = (done - self._before) / passed_s if passed_s > 0 else 0.0
        left = f", {_long((total - done) / rate)} left" if rate and done < total else ""
        return f"{done} of {total} {self._what}, {rate:.1f} a second{left}"


def _bar():
    """A bar of rich's. Names are shown as they are: square brackets in them are no markup."""
    from rich import progress
    from rich.console import Console

    class Rate(progress.ProgressColumn):
        """So many a second."""

        def render(self, task):
            return progress.Text(f"{task.speed:.1f}/s" if task.speed else "", style="progress.data.speed")

    columns = [progress.BarColumn(), progress.MofNCompleteColumn(), Rate(), progress.TimeRemainingColumn()]
    name = progress.TextColumn("{task.fields[name]}", markup=False)
    return progress.Progress(*columns, name, console=Console(file=sys.stderr))


def _short(text):
    from seqkit.grading.report.visible import one_line

    return one_line(str(text), 40)


def _long(seconds):
    """A time in words: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
