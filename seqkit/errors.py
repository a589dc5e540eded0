"""What seqkit raises, and the one warning that it gives.

    SeqkitError
    ├── LayersError      (TypeError, ValueError)  layers handed over in a form that the chain does not take
    ├── NotAChainError   (TypeError)              something to trace in which no chain runs
    ├── TraceError       (RuntimeError)           a trace that cannot be made as it was asked for
    ├── SpecError        (ValueError)             a spec, or parameters, that fit no chain
    ├── FrameworkError   (ImportError)            a framework that is not installed, or is set up otherwise
    ├── ExerciseError    (LookupError)            an exercise that is not there
    ├── LessonError      (ValueError)             a notebook that cannot be read as a lesson
    ├── ProgressError    (OSError)                a file of progress that cannot be written
    ├── AssignmentError  (ValueError)             an assignment that cannot be made or read
    ├── IntakeError      (ValueError)             a folder or zip in which no submissions can be found
    ├── SandboxError     (RuntimeError)           a closed room that cannot be had here
    └── GradebookError   (OSError)                a gradebook that cannot be opened or written

    UnusedSideInput      (UserWarning)            a keyword that no layer of the chain takes

Each takes one sentence: what got what; what it takes; what to try. An error that a *layer* raises keeps its own
type and message, and gains the sentence as a note (see `seqkit.notes.explain`).
"""


class SeqkitError(Exception):
    """Anything that seqkit itself refuses."""


class LayersError(SeqkitError, TypeError, ValueError):
    """Layers handed over in a form that this chain does not take. Frameworks raise one type or the other: it is both."""


class NotAChainError(SeqkitError, TypeError):
    """Something was to be traced in which no chain runs."""


class TraceError(SeqkitError, RuntimeError):
    """A trace that cannot be made as it was asked for."""


class SpecError(SeqkitError, ValueError):
    """A spec, or parameters, that fit no chain."""


class FrameworkError(SeqkitError, ImportError):
    """A framework that is not installed, or that is set up in another way than seqkit needs."""


class ExerciseError(SeqkitError, LookupError):
    """An exercise that is not there."""


class LessonError(SeqkitError, ValueError):
    """A notebook that cannot be read as a lesson."""


class ProgressError(SeqkitError, OSError):
    """A file of progress that cannot be written."""


class AssignmentError(SeqkitError, ValueError):
    """An assignment that cannot be made, or whose files cannot be read."""


class IntakeError(SeqkitError, ValueError):
    """A folder or a zip in which no submissions can be found."""


class SandboxError(SeqkitError, RuntimeError):
    """A closed room that cannot be had here."""


class GradebookError(SeqkitError, OSError):
    """A gradebook that cannot be opened or written."""


class UnusedSideInput(UserWarning):
    """A keyword that no layer of the chain takes."""
