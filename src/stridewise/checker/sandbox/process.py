"""A process for a learner's program: start it confined, ask it, end it with all it started."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, cast

from stridewise.checker.sandbox import wire
from stridewise.checker.sandbox.command import (
    BRINGS,
    START_SECONDS,
    command,
    environment,
    subfolder,
)
from stridewise.checker.sandbox.limits import Limits
from stridewise.errors import StridewiseError, explain

__all__ = ["EndedError", "Process", "SandboxError", "is_shut_in", "start"]

_END_SECONDS = 2
_SIGNALS = {
    "SIGSEGV": "it read memory that is not its own (segmentation fault)",
    "SIGKILL": "the system ended it: too much memory or processor time",
    "SIGXCPU": "it used too much processor time",
    "SIGXFSZ": "it wrote too large a file",
}

WAYS = ("bubblewrap", "namespaces", "landlock", "bare")
"""The ways to start it, the safest first."""

_refused: set[str] = set()


class SandboxError(StridewiseError, RuntimeError):
    """The protection that was asked for cannot be had on this system."""

    id = "no-sandbox"


class EndedError(Exception):
    """The process ended; the message says why, in words."""


class Process:
    """One running process; :attr:`protection` names what holds it."""

    def __init__(self, way: str, limits: Limits) -> None:
        self._folder = tempfile.mkdtemp(prefix="stridewise-check-")
        try:
            self._popen = subprocess.Popen(
                command(way, limits, self._folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=subfolder(self._folder, "work"),
                env=environment(way, self._folder),
                start_new_session=True,
            )
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._number = 0
        try:
            ready = self._within(START_SECONDS, self._answer)
        except BaseException:
            self.close()
            raise
        self.protection = tuple(sorted({"time", "output", *ready["on"], *BRINGS[way]}))

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request, wait for its answer; TimeoutError or :class:`EndedError` without."""
        self._number += 1
        message = wire.encode({**request, "number": self._number})

        def talk() -> Any:
            self._stdin.write(message)
            self._stdin.flush()
            return self._answer()

        return self._within(seconds, talk)

    def close(self) -> None:
        """End it, and everything that it started, and remove its folder."""
        try:
            os.killpg(self._popen.pid, signal.SIGKILL)
        except (AttributeError, OSError):  # Windows has no groups; or it is gone
            self._popen.kill()
        self._popen.wait()
        self._thread.join(_END_SECONDS)
        if not self._thread.is_alive():  # else something that escaped still holds a pipe
            for stream in (self._popen.stdin, self._popen.stdout):
                with suppress(OSError):  # of what was not yet written
                    cast(Any, stream).close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _stdin(self) -> Any:
        return self._popen.stdin

    def _answer(self) -> dict[str, Any]:
        stream: Any = self._popen.stdout
        answer = wire.read_message(stream)
        if not isinstance(answer, dict) or answer.get("number") != self._number:
            raise wire.WireError("the answer is to no question")
        return answer

    def _within(self, seconds: float, talk: Callable[[], Any]) -> dict[str, Any]:
        # In a thread, because what the program does to its pipes can keep any read waiting.
        box: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def run() -> None:
            try:
                box.put(talk())
            except (OSError, EOFError, ValueError, wire.WireError) as error:
                box.put(error)

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        try:
            answer = box.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(answer, wire.WireError):
            raise EndedError(f"it wrote to the checker's pipe: {answer}")
        if isinstance(answer, Exception):
            raise EndedError(self._why())
        return dict(answer)

    def _why(self) -> str:
        try:
            code = self._popen.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            return "it closed the checker's pipe"
        # What stands between it and this process says 128 + the signal's number.
        number = -code if code < 0 else code - 128
        known = {each.value: each.name for each in signal.Signals}
        if number in known:
            name = known[number]
            return _SIGNALS.get(name, f"it was ended by {name}")
        return f"it ended its own process (exit status {code})"


def is_shut_in(protection: Iterable[str]) -> bool:
    """Whether a program so protected reached neither the network nor the user's files.

    >>> is_shut_in(("memory", "filesystem")), is_shut_in(("filesystem", "network"))
    (False, True)
    """
    return {"filesystem", "network"} <= set(protection)


def start(limits: Limits, require_sandbox: bool = False) -> Process:
    """Start a process in the safest way that works here."""
    for way in WAYS:
        if way in _refused:
            continue
        try:
            process = Process(way, limits)
        except TimeoutError:
            break  # a busy machine is no reason to protect it less
        except (OSError, EndedError):
            _refused.add(way)
            continue
        if not require_sandbox or is_shut_in(process.protection):
            return process
        process.close()
    raise SandboxError(
        explain(
            "check",
            "the program cannot be kept from the network and from your files here."
            if require_sandbox
            else "no process can be started for the program.",
            needed="bubblewrap (`bwrap`), or a Linux with user namespaces or Landlock (6.2)",
            received=f"{sys.platform}, where none of these works",
            hint="apt install bubblewrap; or another machine",
        )
    )
