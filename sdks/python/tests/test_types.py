"""Every hint: its type in UDL, what it takes from the wire, what it gives, and what it refuses without quoting it."""
import collections.abc
import dataclasses
import enum
import typing
import unittest
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Dict, Iterator, List, Literal, Mapping, NewType, Optional, Sequence, Tuple, TypedDict, Union
from uuid import UUID

import support  # noqa: F401

from unikernal.cbor import Duration, Timestamp, Unencodable
from unikernal.types import Mismatch, Refused, Types, Unsupported, plain

NOON = datetime(2024, 5, 6, 12, 0, tzinfo=timezone.utc)
IDENTITY = UUID(int=7)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Size(enum.Enum):
    SMALL = 1
    LARGE = 2


@dataclasses.dataclass
class Line:
    sku: str
    price: Decimal
    from_: str
    qty: int = 1
    note: Optional[str] = None
    gift: Optional[bool] = None


@dataclasses.dataclass
class Order:
    lines: List[Line]
    customer: Optional[str]


@dataclasses.dataclass
class Tree:
    children: List["Tree"]


@dataclasses.dataclass
class Positive:
    number: int

    def __post_init__(self):
        if self.number <= 0:
            raise ValueError(f"secret {self.number}")


class Address(TypedDict):
    street: str
    zip: Optional[str]


class Contact(TypedDict, total=False):
    mail: str


UserId = NewType("UserId", str)


def shape(hint):
    return Types().shape(hint)


class Descriptions(unittest.TestCase):
    def test_every_hint_has_its_type_in_udl(self):
        for hint, text in (
            (str, "string"),
            (int, "int"),
            (float, "double"),
            (bool, "bool"),
            (bytes, "bytes"),
            (Decimal, "decimal"),
            (UUID, "uuid"),
            (datetime, "timestamp"),
            (Timestamp, "timestamp"),
            (date, "date"),
            (time, "time"),
            (timedelta, "duration"),
            (Duration, "duration"),
            (type(None), "null"),
            (Any, "any"),
            (object, "any"),
            (UserId, "string"),
            (list, "list(any)"),
            (list[int], "list(int)"),
            (List[str], "list(string)"),
            (Sequence[str], "list(string)"),
            (Tuple[int, ...], "list(int)"),
            (dict, "map(string, any)"),
            (dict[str, int], "map(string, int)"),
            (Mapping[str, Decimal], "map(string, decimal)"),
            (Optional[int], "int?"),
            (Optional[Any], "any"),
            (List[Optional[int]], "list(int?)"),
            (Colour, "enum(red, blue)"),
            (Size, "enum(SMALL, LARGE)"),
            (Literal["a", "in progress"], 'enum(a, "in progress")'),
            (Line, "Line"),
            (Address, "Address"),
            (Dict[str, List[Line]], "map(string, list(Line))"),
        ):
            with self.subTest(text):
                self.assertEqual(shape(hint).text, text)

    def test_a_record_lists_its_fields_and_which_the_program_fills(self):
        types = Types()
        types.shape(Order)
        self.assertEqual(
            types.described(),
            {
                "types": {
                    "Order": {"lines": "list(Line)", "customer": "string?"},
                    "Line": {
                        "sku": "string",
                        "price": "decimal",
                        "from": "string",
                        "qty": "int",
                        "note": "string?",
                        "gift": "bool?",
                    },
                },
                "defaults": {"Line": ["qty", "note", "gift"]},
            },
        )

    def test_a_typed_dict_marks_what_may_be_missing_as_optional(self):
        types = Types()
        types.shape(Address), types.shape(Contact)
        self.assertEqual(
            types.described(),
            {"types": {"Address": {"street": "string", "zip": "string?"}, "Contact": {"mail": "string?"}}},
        )

    def test_a_record_may_hold_itself(self):
        types = Types()
        self.assertEqual(types.shape(Tree).take({"children": [{"children": []}]}), Tree([Tree([])]))
        self.assertEqual(types.described()["types"], {"Tree": {"children": "list(Tree)"}})

    def test_a_stream_stands_only_as_a_whole_result(self):
        for hint in (Iterator[int], typing.Generator[int, None, None], collections.abc.AsyncIterator[int]):
            self.assertEqual(Types().result(hint)[0].text, "int")
            self.assertTrue(Types().result(hint)[1])
        self.assertRaises(Unsupported, shape, List[Iterator[int]])

    def test_a_hint_without_a_type_in_udl_is_refused(self):
        for hint in (set, complex, Union[int, str], Dict[int, str], Tuple[int, str], Literal[1], typing.Callable):
            with self.subTest(str(hint)), self.assertRaises(Unsupported):
                shape(hint)

    def test_two_records_of_one_name_are_refused(self):
        types = Types()
        types.shape(Line)
        self.assertRaises(Unsupported, types.shape, dataclasses.make_dataclass("Line", ["a"]))


class FromTheWire(unittest.TestCase):
    def test_every_kind_of_value_becomes_what_the_hint_says(self):
        for hint, wire, expected in (
            (str, "a", "a"),
            (int, -1, -1),
            (bool, True, True),
            (float, 1.5, 1.5),
            (float, 2, 2.0),
            (bytes, b"a", b"a"),
            (Decimal, Decimal("0.10"), Decimal("0.10")),
            (Decimal, 3, Decimal(3)),
            (UUID, IDENTITY, IDENTITY),
            (datetime, NOON, NOON),
            (datetime, Timestamp(0, 1999), datetime(1970, 1, 1, 0, 0, 0, 1, timezone.utc)),
            (Timestamp, Timestamp(0, 1), Timestamp(0, 1)),
            (Timestamp, datetime(1969, 12, 31, 23, 59, 59, 500000, timezone.utc), Timestamp(-1, 500000000)),
            (date, date(2024, 2, 29), date(2024, 2, 29)),
            (time, "23:59:59.123456789", time(23, 59, 59, 123456)),
            (time, "08:00:00", time(8)),
            (timedelta, timedelta(seconds=-1.5), timedelta(seconds=-1.5)),
            (timedelta, Duration(-1, 999999999), timedelta(microseconds=-1)),
            (Duration, timedelta(seconds=-1.5), Duration(-2, 500000000)),
            (type(None), None, None),
            (Any, {"a": [1]}, {"a": [1]}),
            (List[int], [1, 2], [1, 2]),
            (Tuple[int, ...], [1, 2], (1, 2)),
            (Dict[str, int], {"a": 1}, {"a": 1}),
            (Optional[int], None, None),
            (Optional[int], 1, 1),
            (Colour, "red", Colour.RED),
            (Size, "LARGE", Size.LARGE),
            (Literal["a", "b"], "b", "b"),
            (Address, {"street": "s", "more": 1}, {"street": "s", "zip": None}),
            (Contact, {}, {}),
        ):
            with self.subTest(hint=str(hint), wire=wire):
                taken = shape(hint).take(wire)
                self.assertEqual(taken, expected)
                self.assertIs(type(taken), type(expected))

    def test_a_record_takes_the_names_of_the_wire_fills_what_is_absent_and_leaves_aside_what_it_lacks(self):
        wire = {"sku": "A", "price": 5, "from": "eu", "later": True}
        self.assertEqual(shape(Line).take(wire), Line("A", Decimal(5), "eu", 1, None))
        self.assertEqual(shape(Order).take({"lines": []}), Order([], None))

    def test_a_wrong_value_is_refused_with_its_path_and_the_rule_and_never_quoted(self):
        for hint, wire, text in (
            (str, 5, "needs string, got int"),
            (str, None, "needs string, got null"),
            (int, True, "needs int, got bool"),
            (int, "secret", "needs int, got string"),
            (int, 1.0, "needs int, got double"),
            (int, 2**63, "needs int, got a number beyond int64"),
            (bool, 1, "needs bool, got int"),
            (float, True, "needs double, got bool"),
            (float, 2**53 + 1, "needs double, got an integer that a double cannot hold"),
            (float, Decimal(1), "needs double, got decimal"),
            (Decimal, 1.5, "needs decimal, got double"),
            (Decimal, "secret", "needs decimal, got string"),
            (Decimal, True, "needs decimal, got bool"),
            (UUID, "secret", "needs uuid, got string"),
            (datetime, date(2024, 1, 1), "needs timestamp, got date"),
            (date, NOON, "needs date, got timestamp"),
            (time, "24:00:00", "needs time, got a text that is not HH:MM:SS[.fffffffff]"),
            (time, "8:00", "needs time, got a text that is not HH:MM:SS[.fffffffff]"),
            (timedelta, 5, "needs duration, got int"),
            (type(None), 5, "needs null, got int"),
            (List[int], {"secret": 1}, "needs list(int), got map"),
            (List[int], [1, "secret"], "[1]: needs int, got string"),
            (Dict[str, int], {"secret": "secret"}, "[…]: needs int, got string"),
            (Colour, "secret", "needs enum(red, blue), got another text"),
            (Colour, 1, "needs enum(red, blue), got int"),
            (Line, [], "needs Line, got list"),
            (Line, {"sku": "A"}, "price: is missing"),
            (Order, {"lines": [{"sku": "A", "price": "secret"}]}, "lines[0].price: needs decimal, got string"),
            (Address, {}, "street: is missing"),
            (Positive, {"number": -5}, "Positive refused it with ValueError"),
        ):
            with self.subTest(hint=str(hint), wire=wire), self.assertRaises(Refused) as refusal:
                shape(hint).take(wire)
            self.assertEqual(str(refusal.exception), text)


class ToTheWire(unittest.TestCase):
    def test_every_result_becomes_what_its_hint_says(self):
        for hint, value, expected in (
            (float, 2, 2.0),
            (Decimal, 2, Decimal(2)),
            (time, time(8, 30, 0, 120000), "08:30:00.12"),
            (time, time(8), "08:00:00"),
            (List[int], (1, 2), [1, 2]),
            (Colour, Colour.BLUE, "blue"),
            (Size, Size.SMALL, "SMALL"),
            (Literal["a"], "a", "a"),
            (Optional[Line], None, None),
            (Line, Line("A", Decimal(1), "eu"), {"sku": "A", "price": Decimal(1), "from": "eu", "qty": 1}),
            (Address, {"street": "s", "zip": None}, {"street": "s"}),
            (Any, Line("A", Decimal(1), "eu", note="n"), {
                "sku": "A", "price": Decimal(1), "from": "eu", "qty": 1, "note": "n", "gift": None,
            }),
            (dict, {"a": (Colour.RED, time(8))}, {"a": ["red", "08:00:00"]}),
        ):
            with self.subTest(hint=str(hint)):
                given = shape(hint).give(value)
                self.assertEqual(given, expected)
                self.assertIs(type(given), type(expected))

    def test_a_result_of_another_type_is_told_by_both_types_and_where_and_never_quoted(self):
        for hint, value, text in (
            (Line, "secret", "str where its hint says Line"),
            (int, True, "bool where its hint says int"),
            (int, 2**63, "a number beyond int64 where its hint says int"),
            (str, None, "NoneType where its hint says str"),
            (type(None), "secret", "str where its hint says NoneType"),
            (Decimal, 1.5, "float where its hint says Decimal"),
            (float, 2**53 + 1, "an integer that a double cannot hold where its hint says float"),
            (float, 10**400, "an integer that a double cannot hold where its hint says float"),
            (date, NOON, "datetime where its hint says date"),
            (List[int], ["secret"], "str at `[0]` where its hint says int"),
            (List[int], "secret", "str where its hint says List[int]"),
            (list[Line], 5, "int where its hint says list[Line]"),
            (Dict[str, int], {5: 1}, "a key of type int where its hint says Dict[str, int]"),
            (Colour, "red", "str where its hint says Colour"),
            (Literal["a"], "secret", "another text where its hint says Literal['a']"),
            (Order, Order([Line("A", "secret", "eu")], None), "str at `lines[0].price` where its hint says Decimal"),
            (Address, {}, "nothing at `street` where its hint says string"),
            (Address, {"street": "s", "secret": 1}, "a dict with an unknown key where its hint says Address"),
        ):
            with self.subTest(hint=str(hint)), self.assertRaises(Mismatch) as mismatch:
                shape(hint).give(value)
            self.assertEqual(str(mismatch.exception), text)

    def test_a_value_without_a_hint_that_holds_itself_is_refused(self):
        endless = []
        endless.append(endless)
        self.assertRaises(Unencodable, plain, endless)


if __name__ == "__main__":
    unittest.main()
