"""A worker process against a fake kernel: what goes over the socket, and how the process ends."""
import re
import signal
import socket
import tempfile
import time
import unittest
from decimal import Decimal

from support import PACKAGE_ROOT, TOKEN, WAIT_SECONDS_MAX, FakeKernel, start, write_program

from unikernal import cbor, frames
from unikernal.cbor import Embedded

PROGRAM = '''
import asyncio, os, time
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, AsyncIterator, Iterator, Optional
from unikernal import Fault, UnikernalClient, context

client = UnikernalClient()
print("loaded")


@dataclass
class Line:
    sku: str
    qty: int
    price: Decimal


@dataclass
class Quote:
    total: Decimal


def quote(items: list[Line]) -> Quote:
    return Quote(sum((line.qty * line.price for line in items), Decimal("0.00")))


def wrong() -> Quote:
    return "secret"


def naive():
    return datetime(2024, 1, 1)


def large(size: int):
    return "x" * size


def fail(text: str):
    raise KeyError(text)


def deep_fail(depth: int):
    return deep_fail_again(depth) if depth else 1 / 0


def deep_fail_again(depth: int):
    return deep_fail(depth - 1) if depth % 2 else deep_fail(depth - 1)


def leave():
    raise SystemExit(3)


def refuse():
    raise Fault("not_found", "no such order", details={"id": 7})


def odd_fault():
    raise Fault("app", "m", details=object())


def nap(seconds: float) -> str:
    time.sleep(seconds)
    return "rested"


def wait_for_cancel() -> bool:
    client.call("events.begun")
    until = time.monotonic() + 10
    while not context().cancelled and time.monotonic() < until:
        time.sleep(0.005)
    return context().cancelled


def about():
    here = context()
    return {"trace": here.trace, "caller": here.caller, "key": here.key, "left": here.remaining is not None}


def ask(order: int) -> dict:
    return client.call("db.order_by_id", {"id": order})


def ask_briefly() -> str:
    try:
        client.call("db.slow", timeout=0.05)
    except Fault as fault:
        return fault.code


def numbers(count: int = 1) -> Iterator[int]:
    try:
        yield from range(1, count + 1)
    finally:
        print("numbers ended")


async def later_numbers() -> AsyncIterator[int]:
    for number in (1, 2):
        await asyncio.sleep(0)
        yield number


def odd_numbers() -> Iterator[int]:
    yield 1
    yield "three"


async def later(text: str, times: int = 2) -> str:
    await asyncio.sleep(0)
    return text * times


def shout(from_: str, more: Optional[str]) -> str:
    print(from_, more)
    return from_.upper()


def token():
    return os.environ.get("UNIKERNAL_TOKEN")


def echo(value: Any):
    return value
'''


class WorkerCase(unittest.TestCase):
    def setUp(self):
        self.kernel = FakeKernel()
        self.addCleanup(self.kernel.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.process = None

    def start(self, source=PROGRAM, threads=4, token=TOKEN):
        path = write_program(self.folder, source)
        environment = self.kernel.environment(token)
        self.process = start(["serve", path, "--threads", str(threads)], environment)
        self.addCleanup(self._stop)
        return self.process

    def _stop(self):
        self.process.kill()
        self.process.communicate()

    def ended(self):
        out, err = self.process.communicate(timeout=WAIT_SECONDS_MAX)
        return self.process.returncode, out, err


class Calls(WorkerCase):
    def setUp(self):
        super().setUp()
        self.start()
        self.hello = self.kernel.welcome()

    def test_hello_says_who_it_is_and_what_it_offers(self):
        hello = self.hello
        self.assertEqual((hello["v"], hello["lang"], hello["name"]), (1, "python", "pricing"))
        self.assertEqual(hello["max_frame"], 16 * 1024 * 1024)
        quote = next(function for function in hello["functions"] if function["name"] == "quote")
        self.assertEqual(quote["params"], [{"name": "items", "type": "list(Line)", "optional": False}])
        self.assertEqual(hello["types"]["Line"], {"sku": "string", "qty": "int", "price": "decimal"})

    def test_a_call_is_converted_in_both_directions(self):
        items = [{"sku": "A", "qty": 3, "price": Decimal("19.99")}]
        self.assertEqual(str(self.kernel.ask(2, "quote", items=items)["total"]), "59.97")
        self.assertEqual(self.kernel.ask(4, "later", text="ab"), "abab")
        self.assertEqual(self.kernel.ask(6, "shout", **{"from": "eu"}), "EU")

    def test_a_wrong_input_is_invalid_with_path_and_rule(self):
        for parameters, message in (
            ({}, "items: is missing"),
            ({"items": [{"sku": "secret", "qty": "secret", "price": 1}]}, "items[0].qty: needs int, got string"),
            ({"items": [], "more": 1}, "unknown parameter; `quote` takes items"),
        ):
            fault = self.kernel.fault(2, "quote", **parameters)
            self.assertEqual((fault["code"], fault["message"]), ("invalid", message))

    def test_a_malformed_body_costs_its_call_and_not_the_connection(self):
        self.kernel.send(frames.CALL, 2, ["echo", {}, Embedded(b"\xff")])
        self.assertEqual(self.kernel.receive(frames.ERROR).payload["code"], "invalid")
        self.kernel.send(frames.CALL, 4, ["echo", {}, Embedded(cbor.encode([1]))])
        fault = self.kernel.receive(frames.ERROR).payload
        self.assertEqual(fault["message"], "the body is not a map of named parameters")
        self.assertEqual(self.kernel.ask(6, "echo", value=1), 1)

    def test_a_result_that_is_not_what_its_hint_says_is_the_functions_fault(self):
        fault = self.kernel.fault(2, "wrong")
        self.assertEqual(fault["code"], "app")
        self.assertFalse(fault["retryable"])
        self.assertEqual(fault["message"], "function `wrong` returned str where its hint says Quote")
        fault = self.kernel.fault(2, "naive")
        self.assertEqual(fault["code"], "app")
        self.assertIn("a datetime has no time zone", fault["message"])

    def test_an_exception_tells_its_type_its_text_and_where(self):
        fault = self.kernel.fault(2, "fail", text="gone \ud7ff")
        self.assertEqual((fault["code"], fault["type"]), ("app", "KeyError"))
        self.assertTrue(fault["message"].startswith("KeyError: 'gone"))
        self.assertIn('in fail\n    raise KeyError(text)', fault["stack"])
        self.assertNotIn("worker.py", fault["stack"])

    def test_a_long_stack_is_cut_at_its_beginning(self):
        fault = self.kernel.fault(2, "deep_fail", depth=300)
        self.assertLessEqual(len(fault["stack"].encode()), 8192)
        self.assertTrue(fault["stack"].rstrip().endswith("ZeroDivisionError: division by zero"))

    def test_an_exit_in_a_function_ends_its_call_and_nothing_else(self):
        self.assertEqual(self.kernel.fault(2, "leave")["message"], "SystemExit: 3")
        self.assertEqual(self.kernel.ask(4, "echo", value=1), 1)

    def test_a_function_may_choose_the_fault_that_its_caller_sees(self):
        fault = self.kernel.fault(2, "refuse")
        self.assertEqual(
            fault, {"code": "not_found", "message": "no such order", "retryable": False, "details": {"id": 7}}
        )
        self.assertIn("object has no CBOR form", self.kernel.fault(4, "odd_fault")["message"])

    def test_a_function_that_is_not_there_is_not_found(self):
        for name in ("nowhere", "_hidden", "Quote", "datetime"):
            self.assertEqual(self.kernel.fault(2, name)["code"], "not_found")

    def chunk(self, id):
        frame = self.kernel.receive(frames.CHUNK)
        self.assertEqual(frame.id, id)
        return cbor.decode(frame.payload.data)

    def test_what_a_generator_yields_is_sent_in_chunks_and_a_result_ends_it(self):
        self.kernel.call(2, "numbers", count=3)
        self.assertEqual([self.chunk(2) for _ in range(3)], [1, 2, 3])
        self.assertIsNone(self.kernel.result(2))
        self.kernel.call(4, "later_numbers")
        self.assertEqual([self.chunk(4) for _ in range(2)], [1, 2])
        self.assertIsNone(self.kernel.result(4))
        self.kernel.call(6, "numbers", count=0)
        self.assertIsNone(self.kernel.result(6))

    def test_no_more_than_a_window_is_sent_before_there_is_credit(self):
        self.kernel.call(2, "numbers", count=40)
        self.assertEqual([self.chunk(2) for _ in range(16)], list(range(1, 17)))
        self.kernel.send(frames.PING, 0, 1)
        time.sleep(0.1)
        self.kernel.receive(frames.PONG)  # and no chunk before it, nor in that time
        self.kernel.send(frames.PING, 0, 2)
        self.kernel.receive(frames.PONG)
        self.kernel.send(frames.CREDIT, 2, 3)
        self.assertEqual([self.chunk(2) for _ in range(3)], [17, 18, 19])
        self.kernel.send(frames.CREDIT, 2, 100)
        self.assertEqual([self.chunk(2) for _ in range(21)], list(range(20, 41)))
        self.assertIsNone(self.kernel.result(2))

    def test_a_stream_that_is_not_wanted_any_more_ends_its_generator(self):
        self.kernel.call(2, "numbers", count=1000)
        for _ in range(16):
            self.chunk(2)
        self.kernel.send(frames.CANCEL, 2, None)
        self.assertEqual(self.kernel.receive(frames.ERROR).payload["code"], "cancelled")
        self.assertEqual(self.kernel.ask(4, "echo", value=1), 1)

    def test_an_element_that_is_not_what_the_function_says_ends_the_stream(self):
        self.kernel.call(2, "odd_numbers")
        self.assertEqual(self.chunk(2), 1)
        error = self.kernel.receive(frames.ERROR).payload
        self.assertEqual(error["code"], "app")
        self.assertIn("odd_numbers", error["message"])

    def test_credit_for_a_call_that_has_ended_is_left_aside(self):
        self.kernel.send(frames.CREDIT, 2, 5)
        self.assertEqual(self.kernel.ask(4, "echo", value=1), 1)

    def test_calls_run_at_once_answers_come_as_they_are_ready_and_a_ping_waits_for_none(self):
        began = time.monotonic()
        for id in (2, 4, 6):
            self.kernel.call(id, "nap", seconds=0.4)
        self.kernel.send(frames.PING, 0, {"n": 1})
        self.assertEqual(self.kernel.receive(frames.PONG).payload, {"n": 1})
        self.kernel.call(8, "echo", value="quick")
        self.assertEqual(self.kernel.result(8), "quick")
        self.assertLess(time.monotonic() - began, 0.4)
        self.assertEqual(sorted(self.kernel.receive(frames.RESULT).id for _ in range(3)), [2, 4, 6])

    def test_more_calls_than_threads_all_end_and_an_id_is_free_at_once(self):
        for _ in range(3):
            for id in range(2, 202, 2):
                self.kernel.call(id, "echo", value=id)
            results = [self.kernel.receive(frames.RESULT) for _ in range(100)]
            answers = {frame.id: cbor.decode(frame.payload.data) for frame in results}
            self.assertEqual(answers, {id: id for id in range(2, 202, 2)})

    def test_more_calls_than_the_bound_are_overloaded(self):
        for id in range(2, 2 * 1030 + 2, 2):
            self.kernel.call(id, "nap", seconds=0.3)
        fault = self.kernel.receive(frames.ERROR).payload
        self.assertEqual((fault["code"], fault["retryable"]), ("overloaded", True))

    def test_a_cancel_reaches_the_function_and_one_for_nothing_is_ignored(self):
        self.kernel.send(frames.CANCEL, 80, None)
        self.kernel.call(2, "wait_for_cancel")
        begun = self.kernel.receive(frames.CALL)
        self.kernel.send(frames.RESULT, begun.id, Embedded(cbor.encode(None)))
        self.kernel.send(frames.CANCEL, 2, None)
        self.assertIs(self.kernel.result(2), True)

    def test_a_call_cancelled_while_it_waits_never_runs(self):
        for id in (2, 4, 6, 8):
            self.kernel.call(id, "nap", seconds=0.2)
        self.kernel.call(10, "fail", text="ran")
        self.kernel.send(frames.CANCEL, 10, None)
        self.assertEqual(self.kernel_error(10)["code"], "cancelled")

    def test_a_call_whose_deadline_has_passed_never_runs(self):
        self.assertEqual(self.kernel.fault(2, "fail", {"deadline_ms": 0}, text="ran")["code"], "timeout")
        for id in (4, 6, 8, 10):
            self.kernel.call(id, "nap", seconds=0.2)
        self.kernel.call(12, "fail", {"deadline_ms": 50}, text="ran")
        self.assertEqual(self.kernel_error(12)["code"], "timeout")

    def kernel_error(self, id):
        while (frame := self.kernel.receive()).id != id:
            pass
        self.assertEqual(frame.type, frames.ERROR)
        return frame.payload

    def test_a_function_sees_its_context(self):
        meta = {"trace": "00-a-b-01", "caller": "web", "key": "k", "deadline_ms": 5000}
        seen = self.kernel.ask(2, "about", meta)
        self.assertEqual(seen, {"trace": "00-a-b-01", "caller": "web", "key": "k", "left": True})
        self.assertEqual(self.kernel.ask(4, "about")["left"], False)

    def test_a_function_calls_back_with_its_trace_and_the_time_it_has_left(self):
        self.kernel.call(2, "ask", {"trace": "00-a-b-01", "deadline_ms": 5000}, order=7)
        call = self.kernel.receive(frames.CALL)
        operation, meta, body = call.payload
        self.assertEqual((operation, cbor.decode(body.data), call.id % 2), ("db.order_by_id", {"id": 7}, 1))
        self.assertEqual(meta["trace"], "00-a-b-01")
        self.assertTrue(4000 < meta["deadline_ms"] <= 5000)
        self.kernel.send(frames.RESULT, call.id, Embedded(cbor.encode({"id": 7})))
        self.assertEqual(self.kernel.result(2), {"id": 7})

    def test_a_fault_of_a_call_back_that_nobody_catches_goes_on_to_the_caller(self):
        self.kernel.call(2, "ask", order=7)
        call = self.kernel.receive(frames.CALL)
        self.kernel.send(frames.ERROR, call.id, {"code": "unavailable", "message": "db is down", "retryable": True})
        fault = self.kernel.receive(frames.ERROR)
        self.assertEqual((fault.id, fault.payload["code"], fault.payload["retryable"]), (2, "unavailable", True))

    def test_a_call_back_that_takes_too_long_is_cancelled_and_its_late_answer_ignored(self):
        self.kernel.call(2, "ask_briefly")
        call = self.kernel.receive(frames.CALL)
        self.assertEqual(self.kernel.receive(frames.CANCEL).id, call.id)
        self.assertEqual(self.kernel.result(2), "timeout")
        self.kernel.send(frames.RESULT, call.id, Embedded(cbor.encode(1)))
        self.assertEqual(self.kernel.ask(4, "echo", value=1), 1)

    def test_the_token_is_gone_from_the_environment(self):
        self.assertIsNone(self.kernel.ask(2, "token"))

    def test_a_print_is_on_standard_output_before_the_process_ends(self):
        self.assertEqual(self.process.stdout.readline(), "loaded\n")
        self.kernel.ask(2, "shout", **{"from": "eu"})
        self.assertEqual(self.process.stdout.readline(), "eu None\n")


class Readme(WorkerCase):
    def test_the_program_of_the_readme_runs(self):
        text = (PACKAGE_ROOT / "README.md").read_text("utf-8")
        self.start(source=re.search("```python\n(.*?)```", text, re.DOTALL).group(1))
        self.kernel.welcome()
        items = [{"sku": "A", "qty": 3, "price": Decimal("19.99")}]
        self.assertEqual(self.kernel.ask(2, "quote", items=items), {"total": Decimal("59.97")})
        self.kernel.send(frames.CALL, 4, ["quote_order", {}, Embedded(cbor.encode({"id": "7"}))])
        call = self.kernel.receive(frames.CALL)
        self.kernel.send(frames.RESULT, call.id, Embedded(cbor.encode({"items": items})))
        self.assertEqual(self.kernel.result(4), {"total": Decimal("59.97")})


class Endings(WorkerCase):
    def serve(self, **options):
        self.start(**options)
        return self.kernel.welcome()

    def test_the_process_ends_when_its_kernel_is_gone_even_inside_a_call(self):
        self.serve()
        self.kernel.call(2, "nap", seconds=60.0)
        self.kernel.send(frames.PING, 0, None)
        self.kernel.receive(frames.PONG)
        self.kernel.peer.close()
        code, _, err = self.ended()
        self.assertEqual((code, err), (0, ""))

    def test_goodbye_lets_running_calls_end_and_refuses_new_ones(self):
        self.serve()
        self.kernel.call(2, "nap", seconds=0.3)
        self.kernel.send(frames.GOODBYE, 0, {"reason": "replaced"})
        self.assertEqual(self.kernel.receive(frames.GOODBYE).payload, {"reason": "as asked"})
        fault = self.kernel.fault(4, "echo", value=1)
        self.assertEqual((fault["code"], fault["retryable"]), ("unavailable", True))
        self.assertEqual(self.kernel.result(2), "rested")
        self.assertIsNone(self.kernel.receive())
        self.assertEqual(self.ended()[0], 0)

    def test_sigterm_drains_too_and_a_draining_function_may_still_call_back(self):
        self.serve()
        self.kernel.call(2, "ask", order=7)
        call = self.kernel.receive(frames.CALL)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.kernel.receive(frames.GOODBYE).payload, {"reason": "SIGTERM"})
        self.kernel.send(frames.RESULT, call.id, Embedded(cbor.encode({})))
        self.assertEqual(self.kernel.result(2), {})
        self.assertIsNone(self.kernel.receive())
        self.assertEqual(self.ended()[0], 0)

    def test_an_idle_worker_ends_at_once(self):
        self.serve()
        self.process.send_signal(signal.SIGTERM)
        self.kernel.receive(frames.GOODBYE)
        self.assertIsNone(self.kernel.receive())
        self.assertEqual(self.ended()[0], 0)

    def test_garbage_closes_the_connection_with_a_reason_on_both_sides(self):
        for garbage, reason in (
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", "bytes, where 8 to"),
            (frames.encode(frames.CALL, 3, ["echo", {}, Embedded(b"\xa0")]), "odd or in flight"),
            (frames.encode(frames.CHUNK, 2, Embedded(b"\xa0")), "may not come now"),
            (frames.encode(frames.WELCOME, 0, {}), "may not come now"),
            (frames.encode(99, 2, None), "unknown type 99"),
        ):
            with self.subTest(reason):
                self.serve()
                self.kernel.peer.sendall(garbage)
                frame = self.kernel.receive(frames.ERROR)
                self.assertEqual((frame.id, frame.payload["code"]), (0, "protocol"))
                self.assertIn(reason, frame.payload["message"])
                code, _, err = self.ended()
                self.assertEqual(code, 1)
                self.assertIn(reason, err)
                self.assertEqual(len(err.splitlines()), 1)

    def test_the_same_id_twice_in_flight_is_a_bad_frame(self):
        self.serve()
        self.kernel.call(2, "nap", seconds=5.0)
        self.kernel.call(2, "nap", seconds=5.0)
        self.assertEqual(self.kernel.receive(frames.ERROR).id, 0)
        self.assertEqual(self.ended()[0], 1)

    def test_an_unknown_optional_frame_is_skipped(self):
        self.serve()
        self.kernel.peer.sendall(frames.encode(99, 2, None, frames.FLAG_OPTIONAL))
        self.assertEqual(self.kernel.ask(2, "echo", value=1), 1)

    def test_a_wrong_token_ends_the_worker_with_the_reason(self):
        self.serve(token="00" * 32)
        code, _, err = self.ended()
        self.assertEqual((code, err), (1, "unikernal: unauthenticated: wrong token\n"))

    def test_an_answer_over_the_limit_is_the_functions_fault(self):
        self.start()
        self.kernel.welcome(max_frame=1000)
        fault = self.kernel.fault(2, "large", size=2000)
        self.assertEqual(fault["code"], "app")
        self.assertIn("do not fit a frame of 1000", fault["message"])
        self.assertEqual(self.kernel.ask(4, "large", size=10), "x" * 10)

    def test_without_a_kernel_it_says_what_is_missing(self):
        path = write_program(self.folder, PROGRAM)
        for environment, text in (
            ({}, "UNIKERNAL_SOCKET and UNIKERNAL_TOKEN are not set"),
            ({"UNIKERNAL_SOCKET": "/nowhere", "UNIKERNAL_TOKEN": TOKEN}, "no kernel at /nowhere"),
        ):
            self.process = start(["serve", path], environment)
            code, _, err = self.ended()
            self.assertEqual(code, 1)
            self.assertIn(text, err)

    def test_a_program_that_does_not_load_never_connects(self):
        self.start(source="import nowhere_at_all\n")
        code, _, err = self.ended()
        self.assertEqual(code, 1)
        self.assertIn("No module named 'nowhere_at_all'", err)

    def test_a_kernel_that_closes_before_welcome_is_named_as_the_reason(self):
        self.start()
        self.kernel.accept()
        self.kernel.peer.shutdown(socket.SHUT_RDWR)
        self.kernel.peer.close()
        code, _, err = self.ended()
        self.assertEqual(code, 1)
        self.assertIn("before it said welcome", err)


if __name__ == "__main__":
    unittest.main()
