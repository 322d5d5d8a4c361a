"""Calling any operation of the definition: from inside a worker, or from a program of its own."""
import os
import threading
from typing import Optional

from . import cbor, frames
from .connection import Connection
from .context import context
from .faults import Fault
from .types import Mismatch, plain

#: The connection of the worker that this process is; set by `worker.serve`.
worker_connection: Optional[Connection] = None


class UnikernalClient:
    """Inside a worker it shares the worker's connection; elsewhere it opens one, at the first call."""

    def __init__(self, socket: Optional[str] = None, token: Optional[str] = None, name: Optional[str] = None):
        self._socket, self._token, self._name = socket, token, name
        self._opening = threading.Lock()
        self._own: Optional[Connection] = None

    def call(self, operation: str, value=None, timeout: Optional[float] = None):
        """The result of `system.operation` for a map of its named parameters. Raises Fault.

        The wait ends with `timeout` (30 s where none is given) or with the deadline of the call this one is made in.
        """
        try:
            body = cbor.encode(plain({} if value is None else value))
        except (cbor.Unencodable, Mismatch) as wrong:
            raise Fault("invalid", f"the input of `{operation}` cannot travel: {wrong}") from wrong
        here = context()
        left = [seconds for seconds in (timeout, here.remaining) if seconds is not None]
        seconds = min(left) if left else None
        if seconds is not None and seconds <= 0:
            raise Fault("timeout", f"no time was left to call `{operation}`")
        trace = {"trace": here.trace, "tracestate": here.trace_state} if here.trace else {}
        return self._connection().call(operation, body, seconds, {name: text for name, text in trace.items() if text})

    def close(self) -> None:
        """Closes a connection of its own; that of a worker stays."""
        with self._opening:
            own, self._own = self._own, None
        if own is not None:
            own.say_goodbye("the client closed")
            own.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def _connection(self):
        if worker_connection is not None and self._socket is None:
            return worker_connection
        with self._opening:
            if self._own is None or self._own.closed:
                self._own = self._open()
            return self._own

    def _open(self):
        path = self._socket or os.environ.get("UNIKERNAL_SOCKET")
        token = self._token or os.environ.get("UNIKERNAL_TOKEN")
        if not path or not token:
            raise Fault("unavailable", "not connected: give socket and token, or call once the worker has started")
        name = self._name or os.environ.get("UNIKERNAL_WORKER") or "client"
        connection = Connection(path, token, name, {"functions": [], "types": {}})
        threading.Thread(target=self._read, args=(connection,), daemon=True, name="unikernal-reader").start()
        return connection

    def _read(self, connection):
        def handle(frame):
            if frame.type == frames.CALL:
                connection.send(frames.ERROR, frame.id, Fault("not_found", "a client has no functions").payload())
            elif frame.type == frames.GOODBYE:
                connection.close_when_idle()

        try:
            connection.read(handle)
        except Fault:
            pass  # every call that waits has been told; the next opens a new connection
