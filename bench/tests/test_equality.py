"""Goal: sides that do not do the same are never measured. Method: two sides that only pretend to work."""

import types
import unittest

from runner.equality import Unequal, require_equal, value
from runner.figures import Window
from runner.measure import Effort, measure

EFFORT = Effort(rounds=3, seconds=0.1, warm_seconds=0.1, warm_windows_max=4)


class Side:
    note = ""

    def __init__(self, name, answer, order):
        self.name, self.answer, self._order = name, answer, order
        self.process = types.SimpleNamespace(pid=1)

    def window(self, seconds):
        self._order.append(self.name)
        return Window(100, 1000, seconds)


class Workload:
    name, unit, reference = "pretence", "thing", "a"

    def __init__(self, *answers):
        self.windows, self.stopped = [], 0
        self.sides = [Side(name, answer, self.windows) for name, answer in zip("abc", answers)]

    def start(self):
        pass

    def check(self):
        require_equal("one", {side.name: value(side.answer) for side in self.sides})
        return 1

    def stop(self):
        self.stopped += 1


class EqualityTest(unittest.TestCase):
    def test_json_is_compared_by_value(self):
        require_equal("one", {"a": value('{"x": 12.5, "y": [1]}'), "b": value('{"y":[1.0],"x":12.50}')})

    def test_numbers_are_not_compared_by_way_of_a_double(self):
        with self.assertRaises(Unequal):
            require_equal("one", {"a": value("9007199254740993"), "b": value("9007199254740992")})

    def test_a_difference_names_sample_and_side(self):
        with self.assertRaisesRegex(Unequal, "half a document: b gives"):
            require_equal("half a document", {"a": [400, None], "b": [422, None]})

    def test_different_sides_are_refused_before_any_window(self):
        workload = Workload("[1]", "[1]", "[2]")
        with self.assertRaises(Unequal):
            measure(workload, EFFORT, lambda what: None)
        self.assertEqual((workload.windows, workload.stopped), ([], 1))

    def test_equal_sides_are_warmed_and_then_measured_in_turn(self):
        workload = Workload("[1]", "[1.0]")
        measured = measure(workload, EFFORT, lambda what: None)
        self.assertEqual(workload.windows, list("aaabbb") + list("ababab"))
        self.assertEqual([len(measured.windows[side]) for side in "ab"], [3, 3])
        self.assertEqual(workload.stopped, 1)

    def test_a_side_that_breaks_leaves_nothing_behind(self):
        workload = Workload("[1]", "[1]")
        workload.sides[1].window = lambda seconds: 1 / 0
        with self.assertRaises(ZeroDivisionError):
            measure(workload, EFFORT, lambda what: None)
        self.assertEqual(workload.stopped, 1)
