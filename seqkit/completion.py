"""Tab completion of exercise names in IPython and Jupyter: `sk.check("thr` + Tab."""

import re
import sys

from seqkit.exercise import names

CALL = re.compile(r"""\b(check|hint|reference|exercise)\(\s*["'](\w*)$""")


def matching(line):
    """The names of exercises that go on what stands at the end of `line`; none if it ends in no call that takes one."""
    found = CALL.search(line)
    return [name for name in names() if name.lower().startswith(found[2].lower())] if found else []


def offer():
    """Let the running IPython complete the names of exercises; elsewhere nothing happens. May be called twice."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None or any(getattr(each, "of_seqkit", False) for each in shell.Completer.custom_matchers):
        return
    from IPython.core.completer import SimpleCompletion, context_matcher

    @context_matcher()
    def complete(context):
        line = context.line_with_cursor[: context.cursor_position]
        return {"completions": [SimpleCompletion(text=name, type="exercise") for name in matching(line)]}

    complete.of_seqkit = True
    shell.Completer.custom_matchers.append(complete)
