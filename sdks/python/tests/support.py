"""What the tests share: the package on the path, and a kernel small enough to see through."""
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

PACKAGE_ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PACKAGE_ROOT))

from unikernal import cbor, frames  # noqa: E402
from unikernal.cbor import Embedded  # noqa: E402

TOKEN = "5a" * 32
WAIT_SECONDS_MAX = 10


def write_program(folder, source, name="program.py"):
    path = Path(folder) / name
    path.write_text(textwrap.dedent(source), "utf-8")
    return path


def start(arguments, environment=None):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("UNIKERNAL_")}
    return subprocess.Popen(
        [sys.executable, "-m", "unikernal", *map(str, arguments)],
        env={**clean, "PYTHONPATH": str(PACKAGE_ROOT), **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


class FakeKernel:
    """Listens, welcomes one peer, and then sends and receives the frames that a test names."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "kernel.sock")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        self._listener.settimeout(WAIT_SECONDS_MAX)
        self.peer = None

    def environment(self, token=TOKEN):
        return {"UNIKERNAL_SOCKET": self.path, "UNIKERNAL_TOKEN": token, "UNIKERNAL_WORKER": "pricing"}

    def accept(self):
        """Takes a connection and returns its HELLO."""
        if self.peer is not None:
            self.peer.close()
        self.peer, _ = self._listener.accept()
        self.peer.settimeout(WAIT_SECONDS_MAX)
        self._reader, self._arrived = frames.Reader(), []
        return self.receive(frames.HELLO).payload

    def welcome(self, max_frame=frames.MAX_FRAME):
        hello = self.accept()
        if hello["token"] != TOKEN:
            self.send(frames.ERROR, 0, {"code": "unauthenticated", "message": "wrong token"})
            self.peer.close()
            return hello
        self.send(
            frames.WELCOME, 0, {"v": 1, "session": "s1", "max_frame": max_frame, "heartbeat_ms": 5000}
        )
        return hello

    def send(self, type, id, payload):
        self.peer.sendall(frames.encode(type, id, payload))

    def call(self, id, operation, meta=None, **parameters):
        self.send(frames.CALL, id, [operation, meta or {}, Embedded(cbor.encode(parameters))])

    def receive(self, type=None):
        """The next frame, which must be of this type; None when the peer has closed."""
        while not self._arrived:
            data = self.peer.recv(65536)
            if not data:
                return None
            self._arrived += self._reader.feed(data)
        frame = self._arrived.pop(0)
        if type is not None and frame.type != type:
            raise AssertionError(f"frame {frame} where one of type {type} was expected")
        return frame

    def result(self, id):
        frame = self.receive(frames.RESULT)
        if frame.id != id:
            raise AssertionError(f"the answer to {frame.id} where that to {id} was expected")
        return cbor.decode(frame.payload.data)

    def ask(self, id, operation, meta=None, **parameters):
        self.call(id, operation, meta, **parameters)
        return self.result(id)

    def fault(self, id, operation, meta=None, **parameters):
        self.call(id, operation, meta, **parameters)
        frame = self.receive(frames.ERROR)
        if frame.id != id:
            raise AssertionError(f"the error of {frame.id} where that of {id} was expected")
        return frame.payload

    def close(self):
        if self.peer is not None:
            self.peer.close()
        self._listener.close()
        self.folder.cleanup()
