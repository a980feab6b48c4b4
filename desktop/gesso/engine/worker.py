"""The worker process: holds the sessions of one device, answers over a pipe, takes arrays through shared memory.

Nothing of the studio's window is imported here. The process ends by itself when the studio is gone.
"""

from __future__ import annotations

import contextlib
import io
import os
import queue
import re
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.values.words import Note, mark

Array = NDArray[Any]
BEAT_SECONDS = 0.5


@dataclass(frozen=True)
class Place:
    """Where an array lies in shared memory."""

    name: str
    start: int
    shape: tuple[int, ...]
    dtype: str

    def view(self, memory: SharedMemory) -> Array:
        return np.ndarray(self.shape, np.dtype(self.dtype), buffer=memory.buf, offset=self.start)


@dataclass(frozen=True)
class Open:
    """Open a graph and compare its golden sample."""

    key: str
    model: bytes
    device: str
    threads: int
    inputs: Mapping[str, Array]
    expected: Mapping[str, Array]
    tolerance: float


@dataclass(frozen=True)
class Run:
    """Run an open graph; inputs and outputs lie in the named block where they fit."""

    key: str
    number: int
    block: str
    inputs: tuple[Place, ...]
    plain: Mapping[str, Array] = field(default_factory=dict)
    """Small inputs, sent along."""
    kept: str = ""
    """A stepper whose states are fed and kept here."""
    states: tuple[tuple[str, str], ...] = ()
    """Pairs of state input and state output."""


@dataclass(frozen=True)
class SetState:
    kept: str
    states: Mapping[str, Array] | None


@dataclass(frozen=True)
class GetState:
    kept: str


@dataclass(frozen=True)
class Fetch:
    """Put the outputs that did not fit into a larger block."""

    block: str


@dataclass(frozen=True)
class Close:
    key: str


@dataclass(frozen=True)
class Cancel:
    number: int


@dataclass(frozen=True)
class Opened:
    provider: str
    """What the session really holds; empty where the device cannot be tried, and nothing was loaded."""
    apart: float
    """Largest difference to the golden sample, as a share of what is expected where that is above 1."""
    reason: Note | None = None
    """Why it is not the device that was asked for, as far as that is known."""


@dataclass(frozen=True)
class Done:
    outputs: tuple[Place, ...]
    bytes_needed: int
    """More than the block holds: fetch again with a larger one."""


@dataclass(frozen=True)
class Failed:
    kind: str
    """`memory`, `cancelled` or `fault`."""
    text: str


@dataclass(frozen=True)
class Beat:
    """A sign of life."""


def preload(onnxruntime: Any, folder: Path | None = None) -> Note | None:
    """Load CUDA's libraries, from a folder where one is given; the first that is not there, which the runtime only
    prints."""
    said = io.StringIO()
    if hasattr(onnxruntime, "preload_dlls"):
        with contextlib.redirect_stdout(said):
            onnxruntime.preload_dlls(**({"directory": str(folder)} if folder else {}))
    missing = re.search(r"Failed to load (.+?)(?:: |$)", said.getvalue(), re.MULTILINE)
    return Note(mark("the library {library} is missing"), {"library": Path(missing[1]).name}) if missing else None


def complaint(said: str) -> Note | None:
    """Why CUDA would not begin, out of what the runtime prints as it falls back."""
    found = re.search(r"CU\w+ failure \d+: ([^;\n]+)", said)
    return Note(mark("CUDA says: {text}"), {"text": found[1].strip()}) if found else None


def main(pipe: Connection) -> None:
    """The process's whole life. Ctrl+C in a terminal reaches it as well, and is the studio's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):  # the output is the studio's, whatever libraries like to print
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    Worker(pipe).serve()


def session_options(threads: int) -> Any:
    """How every session is opened."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4
    # Patterns are kept for every shape that was ever seen, and an artist's pictures have many.
    options.enable_mem_pattern = False
    return options


def run_options() -> Any:
    """How every run is asked for: what the arena took for it goes back to the system with its end.

    Without an arena each operator would ask the system anew: twice the memory and up to half as long again at 1080p.
    """
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.log_severity_level = 4
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


class Worker:
    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self.sending = threading.Lock()
        self.asked: queue.Queue[Any] = queue.Queue()
        self.sessions: dict[str, Any] = {}
        self.states: dict[str, dict[str, Array]] = {}
        self.waiting: dict[str, Array] = {}
        self.options: Any = None
        self.number = -1
        self.cancelled: set[int] = set()

    def serve(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()
        while True:
            asked = self.asked.get()
            if asked is None:
                os._exit(0)
            try:
                answer = self._answer(asked)
            except Exception as error:  # every fault becomes one answer; the studio decides what it means
                answer = self._fault(error)
            self._send(answer)

    def _listen(self) -> None:
        while True:
            try:
                asked = self.pipe.recv()
            except (EOFError, OSError):
                os._exit(0)  # the studio is gone
            if isinstance(asked, Cancel):
                self.cancelled.add(asked.number)
                if asked.number == self.number and self.options is not None:
                    self.options.terminate = True
            else:
                self.asked.put(asked)

    def _beat(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            self._send(Beat())

    def _send(self, answer: object) -> None:
        with self.sending:
            try:
                self.pipe.send(answer)
            except (OSError, ValueError):
                os._exit(0)

    def _fault(self, error: Exception) -> Failed:
        text = str(error)
        if self.number in self.cancelled:
            return Failed("cancelled", text)
        lack = isinstance(error, MemoryError) or any(
            sign in text.lower() for sign in ("failed to allocate", "out of memory", "bad_alloc", "bad allocation")
        )
        return Failed("memory" if lack else "fault", text[:500])

    def _answer(self, asked: object) -> object:
        if isinstance(asked, Open):
            return self._open(asked)
        if isinstance(asked, Run):
            return self._run(asked)
        if isinstance(asked, Fetch):
            return self._place(asked.block, self.waiting)
        if isinstance(asked, Close):
            self.sessions.pop(asked.key, None)
            return Done((), 0)
        if isinstance(asked, SetState):
            self.states[asked.kept] = {name: np.array(value) for name, value in (asked.states or {}).items()}
            if asked.states is None:
                del self.states[asked.kept]
            return Done((), 0)
        if isinstance(asked, GetState):
            return self.states[asked.kept]
        raise TypeError(type(asked).__name__)

    def _open(self, asked: Open) -> Opened:
        from gesso.engine import gpu_pack
        from gesso.engine.devices import PROVIDERS, absence

        # Before the runtime is loaded: it looks for CUDA's part beside itself.
        reached = gpu_pack.reach() if asked.device == "cuda" else gpu_pack.Reach()
        import onnxruntime

        if hasattr(onnxruntime, "disable_telemetry_events"):
            onnxruntime.disable_telemetry_events()
        reason = absence(asked.device, onnxruntime.get_available_providers()) or reached.lack
        if reason:
            return Opened("", 0.0, reason)
        lack = preload(onnxruntime, reached.folder) if asked.device == "cuda" else None
        onnxruntime.set_default_logger_severity(4)
        options = session_options(asked.threads)
        providers = list(dict.fromkeys([PROVIDERS[asked.device], PROVIDERS["cpu"]]))
        with contextlib.redirect_stdout(io.StringIO()) as said:
            session = onnxruntime.InferenceSession(asked.model, options, providers=providers)
        lack = lack or complaint(said.getvalue())
        held = session.get_providers()[0]
        names = [output.name for output in session.get_outputs()]
        found = dict(zip(names, session.run(names, dict(asked.inputs), run_options()), strict=True))
        apart = 0.0
        for name, expected in asked.expected.items():
            value = found[name]
            same = value.shape == expected.shape and bool(np.isfinite(value).all())
            off = np.abs(value - expected) / np.maximum(1, np.abs(expected)) if same else np.array(np.inf)
            apart = max(apart, float(off.max()))
        if apart <= asked.tolerance:
            self.sessions[asked.key] = session
        return Opened(held, apart, lack if held != PROVIDERS[asked.device] else None)

    def _run(self, asked: Run) -> Done:
        session = self.sessions[asked.key]
        self.options = run_options()
        self.number = asked.number
        if asked.number in self.cancelled:
            raise InterruptedError("cancelled before it began")
        memory = SharedMemory(asked.block) if asked.inputs else None
        inputs: dict[str, Array] = dict(asked.plain)
        try:
            if memory is not None:
                inputs |= {place.name: place.view(memory) for place in asked.inputs}
            if asked.kept:
                inputs |= {state: self.states[asked.kept][state] for state, _ in asked.states}
            names = [output.name for output in session.get_outputs()]
            found = dict(zip(names, session.run(names, inputs, self.options), strict=True))
        finally:
            self.options = None
            inputs.clear()  # no view may outlive the block
            if memory is not None:
                memory.close()
        for state, output in asked.states:
            self.states[asked.kept][state] = found.pop(output)
        return self._place(asked.block, found)

    def _place(self, block: str, outputs: dict[str, Array]) -> Done:
        """Outputs into the block, or how much they need."""
        places, start = [], 0
        for name, value in outputs.items():
            places.append(Place(name, start, value.shape, value.dtype.str))
            start += (value.nbytes + 63) // 64 * 64
        memory = SharedMemory(block)
        try:
            if start > memory.size:
                self.waiting = outputs
                return Done((), start)
            self.waiting = {}
            for place, value in zip(places, outputs.values(), strict=True):
                place.view(memory)[...] = value
        finally:
            memory.close()
        return Done(tuple(places), 0)
