"""Goal: a table says what was counted, and a dash where nothing was. Method: windows made by hand."""

import unittest

from runner import report
from runner.figures import Window
from runner.measure import Measured
from runner.warming import Warmth


def measured(**windows):
    names = list(windows)
    return Measured(
        "pretence",
        "thing",
        names[0],
        names,
        {name: "" for name in names},
        windows,
        {name: Warmth(3, True, 2.0, 1.0) for name in names},
        {name: (20.0, 0.0) for name in names},
        (1.0, 1.0),
        1,
    )


class TableTest(unittest.TestCase):
    def test_bytes_have_a_column_where_a_side_counts_them(self):
        counts, does_not = [Window(1000, 5000, 1, bytes=1_234_000)] * 3, [Window(1000, 9000, 1)] * 3
        head, _, first, second = report.table(measured(a=counts, b=does_not)).splitlines()[2:6]
        self.assertIn("| bytes/thing |", head)
        self.assertIn("| 1,234 | 20 / - |", first)
        self.assertIn("| - | 20 / - |", second)
        self.assertEqual({line.count("|") for line in (head, first, second)}, {11})

    def test_no_bytes_no_column(self):
        table = report.table(measured(a=[Window(10, 50, 1)] * 3))
        self.assertNotIn("bytes", table)

    def test_a_fraction_of_a_byte_is_not_rounded_to_none(self):
        self.assertEqual([report.number_of_bytes(value) for value in (0, 0.4, 12.4, 4320)], ["0", "0.4", "12", "4,320"])
