"""Serving a user's file: one thread reads, a bounded pool runs the functions, so a PING never waits for a call."""
import asyncio
import os
import queue
import signal
import socket
import sys
import threading
import traceback

from . import cbor, client, frames
from .cbor import Embedded, Malformed, Unencodable
from .connection import Connection
from .context import Context, current
from .faults import Fault
from .functions import Program, load
from .types import Mismatch, Refused

THREADS_DEFAULT = 8
CALLS_MAX = 1024
WINDOW = 16  # elements of a stream that may be on their way
DRAIN_SECONDS_MAX = 30
STACK_BYTES_MAX = 8192


class _Call:
    def __init__(self, frame):
        self.id = frame.id
        self.operation, meta, body = frame.payload
        self.body = body.data
        self.context = Context(meta)
        self._room = threading.Condition()
        self._credit = WINDOW

    def grant(self, chunks):
        with self._room:
            self._credit += chunks
            self._room.notify()

    def cancel(self):
        self.context.cancelled = True
        with self._room:
            self._room.notify()

    def take_room(self):
        """Waits until another element may be sent. Raises Fault when nobody wants it any more."""
        with self._room:
            while not self._credit and not self.context.cancelled:
                self._room.wait()
            self._credit -= 1
        if self.context.cancelled:
            raise Fault("cancelled", "the stream is not wanted any more")


class Worker:
    def __init__(self, connection: Connection, program: Program, threads: int, endings: queue.SimpleQueue):
        self._connection, self._functions = connection, program.functions
        self._waiting: "queue.SimpleQueue[_Call]" = queue.SimpleQueue()
        self._endings = endings
        self._lock = threading.Lock()  # guards the three below
        self._calls: "dict[int, _Call]" = {}
        self._unfinished = 0
        self._draining = False
        for number in range(threads):
            threading.Thread(target=self._work, daemon=True, name=f"unikernal-{number}").start()

    def run(self) -> int:
        """Serves until the connection closes or the work is drained. Returns the exit code of the process."""
        threading.Thread(target=self._read, daemon=True, name="unikernal-reader").start()
        seconds_left = None
        while True:
            try:
                event, text = self._endings.get(timeout=seconds_left)
            except queue.Empty:
                event, text = "failed", f"calls were still running {DRAIN_SECONDS_MAX} s after GOODBYE"
            if event == "drain":
                seconds_left = DRAIN_SECONDS_MAX
                self._drain(text)
                continue
            if event == "failed":
                print(f"unikernal: {text}", file=sys.stderr)
            self._connection.close()
            return 1 if event == "failed" else 0

    def _drain(self, reason):
        with self._lock:
            if self._draining:
                return
            self._draining = True
            idle = not self._unfinished
        self._connection.say_goodbye(reason)
        if idle:
            self._endings.put(("ended", "drained"))

    # ---- what arrives -----------------------------------------------------------------------------------------------

    def _read(self):
        try:
            self._connection.read(self._handle)
            self._endings.put(("ended", "the kernel closed the connection"))
        except Exception as error:  # whatever ends the reader must end the process, which would hear nothing more
            self._endings.put(("failed", str(error) or type(error).__name__))

    def _handle(self, frame):
        if frame.type == frames.CALL:
            self._accept(_Call(frame))
        elif frame.type == frames.CANCEL:
            with self._lock:
                call = self._calls.get(frame.id)
            if call is not None:
                call.cancel()
        elif frame.type == frames.CREDIT:
            with self._lock:
                call = self._calls.get(frame.id)
            if call is not None:
                call.grant(frame.payload)
        else:
            self._endings.put(("drain", "as asked"))

    def _accept(self, call):
        with self._lock:
            if call.id % 2 or call.id in self._calls:
                raise Malformed("id", f"a call with the id {call.id}, which is odd or in flight")
            refusal = self._refusal(call)
            if refusal is None:
                self._calls[call.id] = call
                self._unfinished += 1
        if refusal is None:
            self._waiting.put(call)
        else:
            self._connection.send(frames.ERROR, call.id, refusal.payload())

    def _refusal(self, call):
        function = self._functions.get(call.operation)
        if self._draining:
            return Fault("unavailable", "this worker is ending", retryable=True)
        if function is None:
            return Fault("not_found", f"no function `{call.operation}`")
        if len(self._calls) >= CALLS_MAX:
            return Fault("overloaded", f"{CALLS_MAX} calls are in flight", retryable=True)
        return None

    # ---- the pool ---------------------------------------------------------------------------------------------------

    def _work(self):
        while True:
            call = self._waiting.get()
            type, payload = self._answer(call)
            with self._lock:
                del self._calls[call.id]  # before the answer: the kernel may use the id again at once
            self._send_answer(call, type, payload)
            with self._lock:
                self._unfinished -= 1
                drained = self._draining and not self._unfinished
            if drained:
                self._endings.put(("ended", "drained"))

    def _send_answer(self, call, type, payload):
        try:
            self._connection.send(type, call.id, payload)
        except (Fault, Unencodable) as wrong:
            self._connection.send(frames.ERROR, call.id, Fault("app", f"the answer cannot travel: {wrong}").payload())

    def _answer(self, call):
        try:
            return frames.RESULT, Embedded(self._run(call))
        except Fault as fault:
            return frames.ERROR, fault.payload()
        except _Raised as raised:
            return frames.ERROR, raised.payload
        except Exception as error:  # a value whose own code fails while it is read
            return frames.ERROR, Fault("internal", f"{type(error).__name__} around the call").payload()

    def _run(self, call) -> bytes:
        function = self._functions[call.operation]
        if call.context.cancelled:
            raise Fault("cancelled", "cancelled before it began")
        if call.context.expired:
            raise Fault("timeout", "the deadline passed before the call began")
        try:
            arguments = function.arguments(cbor.decode(call.body))
        except (Malformed, Refused) as wrong:
            raise Fault("invalid", str(wrong)) from wrong
        if function.is_stream:
            _guarded_stream(function, arguments, call.context, lambda item: self._send_element(call, function, item))
            return cbor.encode(None)
        return _encoded(function, _guarded(function, arguments, call.context))

    def _send_element(self, call, function, item):
        call.take_room()
        data = _encoded(function, item)
        try:
            self._connection.send(frames.CHUNK, call.id, Embedded(data))
        except Fault as wrong:
            raise Fault("app", f"an element cannot travel: {wrong}") from wrong


def _encoded(function, result) -> bytes:
    try:
        return cbor.encode(function.returns.give(result))
    except Mismatch as mismatch:
        raise Fault("app", f"function `{function.name}` returned {mismatch}") from mismatch
    except Unencodable as wrong:
        raise Fault("app", f"function `{function.name}` returned a value that cannot travel: {wrong}") from wrong


class _Raised(Exception):
    """A function raised: what the caller is told."""

    def __init__(self, error: BaseException):
        # The first frame is ours, and nothing a user could change.
        stack = "".join(traceback.format_exception(type(error), error, error.__traceback__.tb_next))
        self.payload = {
            "code": "app",
            "message": _sendable(f"{type(error).__name__}: {error}", slice(STACK_BYTES_MAX)),
            "type": type(error).__name__,
            # The end of a traceback says most.
            "stack": _sendable(stack, slice(-STACK_BYTES_MAX, None)),
        }


def _sendable(text, part):
    return text.encode("utf-8", "backslashreplace")[part].decode(errors="ignore")


def _guarded(function, arguments, context):
    token = current.set(context)
    try:
        result = function.call(**arguments)
        return asyncio.run(result) if function.is_coroutine else result
    except Fault:
        raise
    except BaseException as error:  # SystemExit too: one call must not take the others with it
        raise _Raised(error) from error
    finally:
        current.reset(token)


def _guarded_stream(function, arguments, context, send):
    """Sends what the function yields. However that ends, its `finally` blocks run here and now."""
    token = current.set(context)
    try:
        elements = function.call(**arguments)
        if hasattr(elements, "__aiter__"):
            asyncio.run(_send_all(elements, send))
            return
        iterator = iter(elements)
        try:
            for item in iterator:
                send(item)
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()
    except Fault:
        raise
    except BaseException as error:
        raise _Raised(error) from error
    finally:
        current.reset(token)


async def _send_all(elements, send):
    iterator = elements.__aiter__()
    try:
        async for item in iterator:
            await asyncio.to_thread(send, item)  # waits for room, and the function's own tasks go on
    finally:
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()


def _drain_on_sigterm(endings):
    # A Python handler runs when the main thread next runs, which it may not do for long; the wake-up socket is
    # written at once. The handler is there only because without one the process would end.
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda number, frame: None)

    def wait(sender):  # holds the sender too, as it closes when nothing does
        while True:
            if receiver.recv(1)[0] == signal.SIGTERM:
                endings.put(("drain", "SIGTERM"))

    threading.Thread(target=wait, args=(sender,), daemon=True, name="unikernal-signals").start()


def serve(file: str, threads: int = THREADS_DEFAULT) -> int:
    """Loads the file, connects to the kernel that started this process, and serves. Returns the exit code."""
    path, token = os.environ.get("UNIKERNAL_SOCKET"), os.environ.pop("UNIKERNAL_TOKEN", None)
    if not path or not token:
        print("unikernal: UNIKERNAL_SOCKET and UNIKERNAL_TOKEN are not set: the kernel sets both", file=sys.stderr)
        return 1
    # A line printed is a line in the kernel's log, now and not when a buffer is full.
    sys.stdout.reconfigure(line_buffering=True)
    try:
        program = load(file)  # before connecting: the kernel waits 5 s for HELLO, not for imports
    except BaseException:
        traceback.print_exc()
        return 1
    endings: "queue.SimpleQueue[tuple[str, str]]" = queue.SimpleQueue()  # what happened, and why
    _drain_on_sigterm(endings)  # before HELLO, as the kernel may end a worker as soon as it knows it
    name = os.environ.get("UNIKERNAL_WORKER") or os.path.splitext(os.path.basename(file))[0]
    try:
        connection = Connection(path, token, name, program.described())
    except Fault as fault:
        print(f"unikernal: {fault}", file=sys.stderr)
        return 1
    client.worker_connection = connection
    return Worker(connection, program, threads, endings).run()
