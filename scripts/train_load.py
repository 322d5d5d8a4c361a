"""The load that an AOT cache is trained with: `train_load.py PORT READY_SECONDS ROUNDS`. Answers do not matter, paths do."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import time

ORDER = {"customer": "ann", "email": "ann@example.org", "items": [{"sku": "ABC-0001", "qty": 3, "price": "19.99"}]}


def wait_for(port: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                sys.exit(f"nothing listens on port {port} after {seconds:.0f} s")
            time.sleep(0.05)


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> bytes:
    connection.request(method, path, body, {"content-type": "application/json"} if body is not None else {})
    return connection.getresponse().read()


def main() -> None:
    port, seconds, rounds = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    wait_for(port, seconds)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(rounds):
        answer = ask(connection, "POST", "/orders", json.dumps(ORDER).encode())
        try:
            order_id = json.loads(answer)["id"]
        except (ValueError, KeyError, TypeError):
            order_id = "not-a-uuid"
        ask(connection, "GET", f"/orders/{order_id}")
    ask(connection, "POST", "/orders", b'{"customer":')
    ask(connection, "DELETE", "/orders")
    connection.close()


main()
