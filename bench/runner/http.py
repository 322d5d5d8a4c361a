"""The HTTP workloads: an order posted over and over, each side a private process on a free port of loopback."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from runner import built, equality, processes
from runner.figures import Window

CONNECTIONS = 64
ORDER = built.WORKLOADS / "order.json"
ANSWER = built.WORKLOADS / "answer.json"
MAPPED = "normalised"
WRK_GRACE_SECONDS = 30
ASK_SECONDS_MAX = 20


class HttpSide:
    def __init__(self, name: str, note: str, process: processes.Process, port: int, maps: bool = True):
        self.name, self.note, self.maps = name, note, maps
        self.process, self._port = process, port

    def post(self, body: bytes) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ASK_SECONDS_MAX)
        try:
            connection.request("POST", "/orders", body, {"content-type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            # How a refusal is worded is each side's own.
            return response.status, equality.value(answer) if response.status == 200 else None
        finally:
            connection.close()

    def window(self, seconds: float) -> Window:
        before = processes.cpu_us(self.process.pid)
        seconds = max(1, round(seconds))  # wrk knows whole seconds only
        done = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(built.WORKLOADS / "post.lua")]
            + [f"http://127.0.0.1:{self._port}/orders"],
            env={**os.environ, "BENCH_BODY": str(ORDER)},
            capture_output=True,
            text=True,
            timeout=seconds + WRK_GRACE_SECONDS,
            check=True,
        )
        cpu = processes.cpu_us(self.process.pid) - before
        result = json.loads(done.stdout.splitlines()[-1])
        failed = result["refused"] + result["broken"]
        if failed or not result["requests"]:
            raise self.process.broken(f"failed {failed} of {result['requests']} requests under load")
        return Window(result["requests"], cpu, result["us"] / 1e6, failed, result["p50_us"], result["p99_us"])


class Recorder:
    """The backend while outputs are compared: keeps what it was sent. One connection per request, so that none outlives it."""

    def __init__(self, port: int):
        self.received: list[bytes] = []
        recorder, answer = self, ANSWER.read_bytes()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                recorder.received.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def samples() -> dict[str, bytes]:
    order = json.loads(ORDER.read_bytes())

    def changed(**fields: Any) -> bytes:
        return json.dumps({**order, **fields}).encode()

    return {
        "the order": ORDER.read_bytes(),
        "one item, indented": json.dumps({**order, "items": order["items"][:1]}, indent=2).encode(),
        "other letters": changed(note='"quoted" \\ zß水🌍'),
        "no items": changed(items=[]),
        "an unknown field": changed(more=1),
        "a wrong currency": changed(currency="XYZ"),
        "a price with three digits": changed(items=[{**order["items"][0], "price": 1.234}]),
        "not a time": changed(created="yesterday"),
        "half a document": ORDER.read_bytes()[:480],
    }


class HttpWorkload:
    """`http_json` answers the mapped order itself; `http_proxy` posts it to a backend and answers what that said."""

    unit = "request"

    def __init__(self, name: str, folder: Path, vertx_maps_to: str = MAPPED):
        self.name, self._folder = name, folder
        self._proxies = name == "http_proxy"
        self._vertx_maps_to = vertx_maps_to
        self.reference = "vertx-raw"
        self.sides: list[HttpSide] = []
        self._backend_port = processes.free_port()
        self._backend: processes.Process | None = None

    def start(self) -> None:
        self._add_unikernal()
        self._add_vertx()
        if self._proxies:
            self._add_nginx()

    def _add(self, side: HttpSide, port: int) -> None:
        self.sides.append(side)  # first, so that it is stopped whatever happens
        side.process.await_port(port)

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def _add_unikernal(self) -> None:
        port = processes.free_port()
        home = self._folder / "definition"
        home.mkdir()
        for name in ("types.udl.yaml", f"{self.name}.udl.yaml"):
            shutil.copy(built.WORKLOADS / name, home)
        environment = {"BENCH_PORT": str(port), "BENCH_BACKEND": f"http://127.0.0.1:{self._backend_port}"}
        command = [str(built.LAUNCHER), "run", str(home / f"{self.name}.udl.yaml")]
        process = processes.Process("unikernal", command, self._log("unikernal"), environment)
        self._add(HttpSide("unikernal", "", process, port), port)

    def _add_vertx(self) -> None:
        port = processes.free_port()
        backend = self._backend_port if self._proxies else 0
        command = built.java("VertxRaw", str(port), str(backend), self._vertx_maps_to)
        process = processes.Process("vertx-raw", command, self._log("vertx-raw"))
        self._add(HttpSide("vertx-raw", "", process, port), port)

    def _add_nginx(self) -> None:
        port = processes.free_port()
        process = self._nginx("nginx", PORT=port)
        self._add(HttpSide("nginx", "the floor: forwards only, no validation, no mapping", process, port, maps=False), port)

    def _nginx(self, name: str, **ports: int) -> processes.Process:
        text = (built.WORKLOADS / f"{name}.conf").read_text("utf-8")
        fills = {"FOLDER": self._folder, "BACKEND": self._backend_port, "ANSWER": ANSWER.read_text("utf-8"), **ports}
        for key, fill in fills.items():
            text = text.replace(f"@{key}@", str(fill))
        conf = self._folder / f"{name}.filled.conf"
        conf.write_text(text, "utf-8")
        return processes.Process(name, ["nginx", "-e", f"{self._folder}/{name}.err", "-c", str(conf), "-p", str(self._folder)], self._log(name))

    def check(self) -> int:
        recorder = Recorder(self._backend_port) if self._proxies else None
        try:
            for what, body in samples().items():
                answers = {side.name: self._answer(side, body, recorder) for side in self.sides if side.maps}
                equality.require_equal(what, answers)
            for side in self.sides:
                if not side.maps:
                    status, answer = side.post(ORDER.read_bytes())
                    equality.require_equal(f"{side.name}'s answer", {"the backend": (200, equality.value(ANSWER.read_bytes())), side.name: (status, answer)})
            mapped = self._answer(self.sides[0], ORDER.read_bytes(), recorder)[-1]
            expected = {**equality.value(ORDER.read_bytes()), "status": MAPPED}
            equality.require_equal("the mapping", {"the expected order": expected, self.sides[0].name: mapped})
        finally:
            if recorder:
                recorder.stop()
        if self._proxies:
            self._backend = self._nginx("backend")
            self._backend.await_port(self._backend_port)
        return len(samples())

    @staticmethod
    def _answer(side: HttpSide, body: bytes, recorder: Recorder | None) -> tuple[Any, ...]:
        """The status and what was mapped: in the answer, or on its way to the backend."""
        if recorder is None:
            return side.post(body)
        recorder.received.clear()
        status, answer = side.post(body)
        return status, answer, *map(equality.value, recorder.received or [b"null"])

    def stop(self) -> None:
        for side in self.sides:
            side.process.stop()
        if self._backend:
            self._backend.stop()
