"""The vectors that every SDK and the kernel share: each value and each frame, both ways."""
import json
import math
import random
import unittest
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import support  # noqa: F401

from unikernal import cbor, frames
from unikernal.cbor import Duration, Embedded, Malformed, Timestamp

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def cases(name):
    return json.loads((VECTORS / name).read_text("utf-8"))["cases"]


def value_of(typed):
    kind, value = typed["t"], typed.get("v")
    if kind == "embedded":
        return Embedded(bytes.fromhex(typed["hex"]) if "hex" in typed else cbor.encode(value_of(value)))
    if kind == "list":
        return [value_of(item) for item in value]
    if kind == "map":
        return {key: value_of(item) for key, item in value}
    if kind == "timestamp":
        return timestamp_of(value)
    if kind == "duration":
        return duration_of(value)
    return {
        "null": lambda text: None,
        "bool": bool,
        "int": int,
        "double": float,
        "text": str,
        "bytes": bytes.fromhex,
        "decimal": Decimal,
        "uuid": UUID,
        "date": date.fromisoformat,
    }[kind](value)


def timestamp_of(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    found = Timestamp(since.days * 86400 + since.seconds, int(fraction.ljust(9, "0") or 0))
    return found if found.nanoseconds % 1000 else found.datetime()


def duration_of(text):
    whole, nanoseconds = divmod(int(Decimal(text) * 1_000_000_000), 1_000_000_000)
    return Duration(whole, nanoseconds) if nanoseconds % 1000 else timedelta(0, whole, nanoseconds // 1000)


def seen(value):
    """A form that tells 1 from 1.0 from True, 0.10 from 0.1 and -0.0 from 0.0, which `==` does not."""
    if isinstance(value, list):
        return [seen(item) for item in value]
    if isinstance(value, dict):
        return [(key, seen(item)) for key, item in value.items()]
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return type(value).__name__, repr(value)


def in_order(value):
    """The same value with the keys of its maps as an encoder sorts them."""
    if isinstance(value, list):
        return [in_order(item) for item in value]
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return {key: in_order(value[key]) for key in keys}
    return value


class Vectors(unittest.TestCase):
    def test_every_value_decodes_to_what_the_vectors_say(self):
        for case in cases("values.json"):
            if "json" in case:
                with self.subTest(case["name"]):
                    self.assertEqual(seen(cbor.decode(bytes.fromhex(case["hex"]))), seen(value_of(case["json"])))

    def test_every_canonical_value_encodes_to_the_bytes_of_the_vectors(self):
        for case in cases("values.json"):
            if "json" in case and case.get("encode", True):
                with self.subTest(case["name"]):
                    self.assertEqual(cbor.encode(value_of(case["json"])).hex(), case["hex"])

    def test_every_value_outside_the_profile_is_refused_for_the_reason_given(self):
        for case in cases("values.json"):
            if "refuse" in case:
                with self.subTest(case["name"]), self.assertRaises(Malformed) as refusal:
                    cbor.decode(bytes.fromhex(case["hex"]))
                self.assertEqual(refusal.exception.reason, case["refuse"], case["name"])

    def test_every_proper_prefix_of_a_value_is_refused(self):
        for case in cases("values.json"):
            data = bytes.fromhex(case["hex"])
            if "json" in case and len(data) < 100:
                for length in range(len(data)):
                    with self.subTest(case["name"], length=length), self.assertRaises(Malformed):
                        cbor.decode(data[:length])

    def test_damaged_values_decode_or_are_refused_and_nothing_else_happens(self):
        chance = random.Random(1)
        good = [bytearray.fromhex(case["hex"]) for case in cases("values.json") if 0 < len(case["hex"]) < 200]
        for _ in range(20_000):
            damaged = bytearray(chance.choice(good))
            for _ in range(chance.randint(1, 3)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            try:
                value = cbor.decode(bytes(damaged))
            except Malformed:
                continue
            self.assertEqual(seen(cbor.decode(cbor.encode(value))), seen(in_order(value)), damaged.hex())

    def test_every_frame_decodes_is_awaited_is_skipped_or_is_refused(self):
        for case in cases("frames.json"):
            with self.subTest(case["name"]):
                reader, data = frames.Reader(), bytes.fromhex(case["hex"])
                if "refuse" in case:
                    with self.assertRaises(Malformed) as refusal:
                        list(reader.feed(data))
                    self.assertEqual(refusal.exception.reason, case["refuse"])
                elif "frame" in case:
                    self.assertEqual(list(reader.feed(data)), [self.frame_of(case)])
                else:
                    self.assertEqual(list(reader.feed(data)), [])
                    # A frame that is skipped leaves nothing behind, one that is awaited leaves all.
                    self.assertEqual(reader._bytes, data if case.get("incomplete") else b"")

    def test_every_frame_encodes_to_the_bytes_of_the_vectors(self):
        for case in cases("frames.json"):
            if "frame" in case and case.get("encode", True):
                with self.subTest(case["name"]):
                    frame = self.frame_of(case)
                    data = frames.encode(frame.type, frame.id, frame.payload, frame.flags)
                    self.assertEqual(data.hex(), case["hex"])

    def test_frames_that_arrive_byte_by_byte_are_the_same_frames(self):
        good = [case for case in cases("frames.json") if "frame" in case]
        reader = frames.Reader()
        data = b"".join(bytes.fromhex(case["hex"]) for case in good)
        found = [frame for index in range(len(data)) for frame in reader.feed(data[index : index + 1])]
        self.assertEqual(found, [self.frame_of(case) for case in good])

    def test_what_stands_before_a_bad_frame_still_counts(self):
        ping = frames.encode(frames.PING, 0, 1)
        found = []
        with self.assertRaises(Malformed):
            for frame in frames.Reader().feed(ping + b"GET / HTTP/1.1\r\n"):
                found.append(frame.payload)
        self.assertEqual(found, [1])

    @staticmethod
    def frame_of(case):
        frame = case["frame"]
        return frames.Frame(
            getattr(frames, frame["type"]), frame["flags"], frame["id"], value_of(frame["payload"])
        )


class Encoding(unittest.TestCase):
    def test_a_value_without_a_form_is_refused_and_never_quoted(self):
        deep = []
        for _ in range(64):
            deep = [deep]
        for value in (
            2**64,
            -(2**63) - 1,
            "secret \ud800",
            {"a": {1: "secret"}},
            Decimal("NaN"),
            Decimal("1E+10000"),
            Decimal(2**1024),
            Decimal("9" * 5000),
            datetime(2024, 1, 1),
            timedelta.max,
            {1, 2},
            object(),
            Timestamp(0, -1),
            Timestamp(253402300800),
            deep,
        ):
            with self.subTest(type(value).__name__), self.assertRaises(cbor.Unencodable) as refusal:
                cbor.encode(value)
            self.assertNotIn("secret", str(refusal.exception))

    def test_a_decimal_keeps_its_digits_whatever_the_callers_context(self):
        number = Decimal("1234567890123456789012345678901234567890.123456789")
        self.assertEqual(str(cbor.decode(cbor.encode(number))), str(number))


if __name__ == "__main__":
    unittest.main()
