"""Run a learner's program without harm.

The process is confined as far as the system allows; :class:`Ran` says how far that was.
"""

from stridewise.checker.sandbox.limits import Limits
from stridewise.checker.sandbox.process import SandboxError, is_shut_in
from stridewise.checker.sandbox.run import (
    Call,
    Died,
    Outcome,
    Raised,
    Ran,
    Returned,
    TimedOut,
    run_calls,
)
from stridewise.checker.sandbox.wire import Other

__all__ = [
    "Call",
    "Died",
    "Limits",
    "Other",
    "Outcome",
    "Raised",
    "Ran",
    "Returned",
    "SandboxError",
    "TimedOut",
    "is_shut_in",
    "run_calls",
]
