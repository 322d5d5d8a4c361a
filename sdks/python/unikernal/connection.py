"""One connection to the kernel: the greeting, writing from many threads, and the calls that this side makes."""
import socket
import threading
import time
from collections import deque
from typing import Callable, Iterable, Optional

from . import cbor, frames
from .cbor import Embedded, Malformed
from .faults import Fault
from .frames import Frame

VERSION = "0.1.0"
GREETING_SECONDS_MAX = 5
CALL_SECONDS_DEFAULT = 30
CLOSING_SECONDS_MAX = 1
_RECEIVE_BYTES = 65536


class _Pending:
    """A call of ours that has no answer yet."""

    def __init__(self):
        self.ended = threading.Event()
        self.result: Optional[Embedded] = None
        self.fault: Optional[Fault] = None


class Connection:
    def __init__(self, path: str, token: str, name: str, offer: dict):
        """Connects and greets; raises Fault when the kernel does not welcome us."""
        self._outgoing: "deque[bytes]" = deque()
        self._writing = threading.Lock()
        self._lock = threading.Lock()  # guards the five below
        self._pending: "dict[int, _Pending]" = {}
        self._next_id = 1
        self._closed = False
        self._leaving = False
        self._said_goodbye = False
        self._reader = frames.Reader()
        self._early: "list[Frame]" = []
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(path)
        except OSError as error:
            raise Fault("unavailable", f"no kernel at {path}: {error.strerror}", retryable=True) from error
        hello = {"v": 1, "token": token, "lang": "python", "sdk": VERSION, "name": name}
        self.send(frames.HELLO, 0, {**hello, "max_frame": frames.MAX_FRAME, **offer})
        try:
            self._await_welcome()
        except Fault:
            self.close()
            raise

    def _await_welcome(self):
        self._socket.settimeout(GREETING_SECONDS_MAX)
        try:
            while not self._early:
                data = self._socket.recv(_RECEIVE_BYTES)
                if not data:
                    raise Fault("unavailable", "the kernel closed the connection before it said welcome")
                self._early += self._reader.feed(data)
        except socket.timeout:
            raise Fault("unavailable", f"no welcome within {GREETING_SECONDS_MAX} s") from None
        except OSError as error:
            raise Fault("unavailable", f"no welcome: {error.strerror}") from error
        except Malformed as malformed:
            self._give_up(malformed)
        self._socket.settimeout(None)
        first = self._early.pop(0)
        if first.type == frames.ERROR and first.id == 0:
            raise Fault.of(first.payload)
        most = first.payload.get("max_frame", frames.MAX_FRAME) if first.type == frames.WELCOME else None
        if type(most) is not int:
            self._give_up(Malformed("payload", "the first frame of the kernel is no welcome"))
        self._reader.max_frame = min(most, frames.MAX_FRAME)

    def _give_up(self, malformed: Malformed):
        """Says why before closing, so that the log of the other side tells too."""
        fault = Fault("protocol", f"bad frame: {malformed}")
        self.send(frames.ERROR, 0, fault.payload())
        self.close()
        raise fault from malformed

    # ---- writing ----------------------------------------------------------------------------------------------------

    def send(self, type: int, id: int, payload) -> None:
        """Raises Fault, and sends nothing, when the frame would be over the limit."""
        data = frames.encode(type, id, payload)
        if len(data) - 4 > self._reader.max_frame:
            raise Fault("invalid", f"{len(data)} bytes do not fit a frame of {self._reader.max_frame}")
        self._outgoing.append(data)
        # Whoever holds the lock also writes what others add meanwhile: many replies, one system call.
        while self._outgoing and self._writing.acquire(blocking=False):
            try:
                self._write()
            finally:
                self._writing.release()

    def _write(self):
        while self._outgoing:
            waiting = [self._outgoing.popleft() for _ in range(len(self._outgoing))]
            try:
                self._socket.sendall(b"".join(waiting))
            except OSError:
                self._outgoing.clear()  # the reader sees the end of the connection and tells everyone

    # ---- reading ----------------------------------------------------------------------------------------------------

    def read(self, handle: Callable[[Frame], None]) -> None:
        """Serves the connection until it closes. Raises Fault for what may not stand on it."""
        try:
            self._dispatch(self._early, handle)
            while True:
                data = self._receive()
                if not data:
                    return
                self._dispatch(self._reader.feed(data), handle)
        except Malformed as malformed:
            self._give_up(malformed)
        finally:
            self.close()

    def _receive(self):
        try:
            return self._socket.recv(_RECEIVE_BYTES)
        except OSError:
            return b""

    def _dispatch(self, arrived: "Iterable[Frame]", handle):
        for frame in arrived:
            if frame.type in (frames.RESULT, frames.ERROR) and frame.id:
                self._end_call(frame)
            elif frame.type == frames.PING:
                self.send(frames.PONG, 0, frame.payload)
            elif frame.type == frames.ERROR:
                raise Fault.of(frame.payload)
            elif frame.type in (frames.CALL, frames.CANCEL, frames.CREDIT, frames.GOODBYE):
                handle(frame)
            elif frame.type != frames.PONG:
                raise Malformed("state", f"a frame of type {frame.type} may not come now")

    # ---- calls of this side -----------------------------------------------------------------------------------------

    def call(self, operation: str, body: bytes, seconds: Optional[float], meta: dict):
        """Calls the kernel with a body already encoded, and waits. Raises Fault."""
        pending = _Pending()
        with self._lock:
            if self._closed:
                raise Fault("unavailable", "the connection to the kernel is closed", retryable=True)
            id = self._free_id()
            self._pending[id] = pending
        seconds = CALL_SECONDS_DEFAULT if seconds is None else seconds
        until = time.monotonic() + seconds
        try:
            self.send(frames.CALL, id, [operation, {**meta, "deadline_ms": int(seconds * 1000)}, Embedded(body)])
        except Exception:
            self._forget(id)
            raise
        if not pending.ended.wait(max(0.0, until - time.monotonic())):
            # The id stays taken until the kernel has ended the call too.
            self.send(frames.CANCEL, id, None)
            raise Fault("timeout", f"`{operation}` gave no answer within {seconds:g} s")
        if pending.fault is not None:
            raise pending.fault
        try:
            return cbor.decode(pending.result.data)
        except Malformed as malformed:
            raise Fault("protocol", f"`{operation}` answered with {malformed}") from malformed

    def _free_id(self):
        while self._next_id in self._pending:
            self._step_id()
        id = self._next_id
        self._step_id()
        return id

    def _step_id(self):
        self._next_id = 1 if self._next_id >= frames.ID_MAX else self._next_id + 2

    def _forget(self, id):
        with self._lock:
            return self._pending.pop(id, None)

    def _end_call(self, frame):
        pending = self._forget(frame.id)
        if pending is not None:
            if frame.type == frames.RESULT:
                pending.result = frame.payload
            else:
                pending.fault = Fault.of(frame.payload)
            pending.ended.set()
        if self._leaving:
            self.close_when_idle()

    # ---- the end ----------------------------------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        return self._closed

    def say_goodbye(self, reason: str) -> None:
        with self._lock:
            said, self._said_goodbye = self._said_goodbye or self._closed, True
        if not said:
            self.send(frames.GOODBYE, 0, {"reason": reason})

    def close_when_idle(self) -> None:
        """Closes now, or when the calls in flight have ended."""
        with self._lock:
            self._leaving = True
            idle = not self._pending
        if idle:
            self.say_goodbye("as asked")
            self.close()

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            pending, self._pending = self._pending, {}
        for call in pending.values():
            call.fault = Fault("unavailable", "the connection to the kernel closed during the call")
            call.ended.set()
        # What was promised is still written, but a kernel that does not read must not keep this process.
        if self._writing.acquire(timeout=CLOSING_SECONDS_MAX):
            self._socket.settimeout(CLOSING_SECONDS_MAX)
            self._write()
            self._writing.release()
        try:
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes a reader that waits in another thread
        except OSError:
            pass  # the other side was first
        self._socket.close()
