"""A client in a program of its own, against a fake kernel in the same process."""
import threading
import unittest
from decimal import Decimal

from support import TOKEN, FakeKernel

from unikernal import Fault, UnikernalClient, cbor, frames
from unikernal.cbor import Embedded


class Client(unittest.TestCase):
    def setUp(self):
        self.kernel = FakeKernel()
        self.addCleanup(self.kernel.close)

    def serve(self, script):
        """Runs the kernel's side in a thread; what it raises fails the test."""
        failures = []

        def run():
            try:
                script(self.kernel)
            except BaseException as failure:
                failures.append(failure)

        thread = threading.Thread(target=run)
        thread.start()

        def finish():
            thread.join()
            if failures:
                raise failures[0]

        self.addCleanup(finish)

    def client(self, token=TOKEN):
        client = UnikernalClient(self.kernel.path, token)
        self.addCleanup(client.close)
        return client

    def test_a_call_goes_out_with_an_odd_id_and_its_result_comes_back(self):
        def kernel(kernel):
            hello = kernel.welcome()
            self.assertEqual((hello["functions"], hello["types"]), ([], {}))
            for expected in (1, 3):
                call = kernel.receive(frames.CALL)
                self.assertEqual(call.id, expected)
                kernel.send(frames.RESULT, call.id, call.payload[2])

        self.serve(kernel)
        client = self.client()
        self.assertEqual(client.call("a.b", {"price": Decimal("0.10")}), {"price": Decimal("0.10")})
        self.assertEqual(client.call("a.b"), {})

    def test_an_error_is_raised_as_a_fault(self):
        def kernel(kernel):
            kernel.welcome()
            payload = {"code": "overloaded", "message": "m", "retryable": True, "details": {"n": 1}}
            kernel.send(frames.ERROR, kernel.receive(frames.CALL).id, payload)
            payload = {"code": "of_a_later_version", "message": "m"}
            kernel.send(frames.ERROR, kernel.receive(frames.CALL).id, payload)

        self.serve(kernel)
        client = self.client()
        with self.assertRaises(Fault) as raised:
            client.call("a.b")
        fault = raised.exception
        self.assertEqual((fault.code, fault.message), ("overloaded", "m"))
        self.assertEqual((fault.retryable, fault.details), (True, {"n": 1}))
        with self.assertRaises(Fault) as raised:
            client.call("a.b")
        self.assertEqual((raised.exception.code, raised.exception.retryable), ("internal", False))

    def test_calls_of_several_threads_find_their_own_answers(self):
        def kernel(kernel):
            kernel.welcome()
            calls = [kernel.receive(frames.CALL) for _ in range(20)]
            for call in reversed(calls):
                kernel.send(frames.RESULT, call.id, call.payload[2])

        self.serve(kernel)
        client, found = self.client(), {}
        threads = [
            threading.Thread(target=lambda n=n: found.update({n: client.call("a.b", {"n": n})["n"]})) for n in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, {n: n for n in range(20)})

    def test_a_malformed_result_is_a_protocol_fault_of_that_call(self):
        def kernel(kernel):
            kernel.welcome()
            kernel.send(frames.RESULT, kernel.receive(frames.CALL).id, Embedded(b"\xff"))
            kernel.send(frames.RESULT, kernel.receive(frames.CALL).id, Embedded(cbor.encode(1)))

        self.serve(kernel)
        client = self.client()
        with self.assertRaises(Fault) as raised:
            client.call("a.b")
        self.assertEqual(raised.exception.code, "protocol")
        self.assertEqual(client.call("a.b"), 1)

    def test_a_closed_connection_ends_the_calls_in_flight_and_the_next_call_opens_another(self):
        def kernel(kernel):
            kernel.welcome()
            kernel.receive(frames.CALL)
            kernel.peer.close()
            kernel.welcome()
            kernel.send(frames.RESULT, kernel.receive(frames.CALL).id, Embedded(cbor.encode(1)))

        self.serve(kernel)
        client = self.client()
        with self.assertRaises(Fault) as raised:
            client.call("a.b")
        self.assertEqual((raised.exception.code, raised.exception.retryable), ("unavailable", False))
        self.assertEqual(client.call("a.b"), 1)

    def test_goodbye_of_the_kernel_closes_the_client_when_nothing_is_in_flight(self):
        def kernel(kernel):
            kernel.welcome()
            call = kernel.receive(frames.CALL)
            kernel.send(frames.GOODBYE, 0, {"reason": "ending"})
            kernel.send(frames.RESULT, call.id, Embedded(cbor.encode(1)))
            kernel.receive(frames.GOODBYE)
            self.assertIsNone(kernel.receive())

        self.serve(kernel)
        self.assertEqual(self.client().call("a.b"), 1)

    def test_a_call_to_a_client_is_not_found(self):
        def kernel(kernel):
            kernel.welcome()
            call = kernel.receive(frames.CALL)
            self.assertEqual(kernel.fault(2, "f")["code"], "not_found")
            kernel.send(frames.RESULT, call.id, Embedded(cbor.encode(1)))

        self.serve(kernel)
        self.assertEqual(self.client().call("a.b"), 1)

    def test_a_wrong_token_is_a_fault(self):
        self.serve(lambda kernel: kernel.welcome())
        with self.assertRaises(Fault) as raised:
            self.client(token="00" * 32).call("a.b")
        self.assertEqual(raised.exception.code, "unauthenticated")

    def test_an_input_that_cannot_travel_is_invalid_before_anything_is_sent(self):
        with self.assertRaises(Fault) as raised:
            self.client().call("a.b", {"secret": {1, 2}})
        self.assertEqual(raised.exception.code, "invalid")
        self.assertEqual(raised.exception.message, "the input of `a.b` cannot travel: set has no CBOR form")

    def test_without_socket_and_token_it_says_what_is_missing(self):
        with self.assertRaises(Fault) as raised:
            UnikernalClient().call("a.b")
        self.assertEqual(raised.exception.code, "unavailable")


if __name__ == "__main__":
    unittest.main()
