"""Goal: a figure means what its name says. Method: windows made by hand, whose statistics one can see."""

import unittest

from runner.figures import Window, is_steady, ratios, spread, verdict
from runner.warming import warm


def windows(*costs):
    return [Window(units=1000, cpu_us=cost * 1000, wall_s=2.0) for cost in costs]


class SpreadTest(unittest.TestCase):
    def test_the_median_distance_ignores_one_bad_window(self):
        found = spread([10, 11, 10, 12, 90])
        self.assertEqual((found.least, found.median, found.most, found.mad), (10, 11, 90, 1))
        self.assertAlmostEqual(found.noise, 1 / 11)

    def test_units_per_second_and_cost(self):
        (window,) = windows(7)
        self.assertEqual((window.cpu_per_unit, window.units_per_s), (7, 500))

    def test_no_unit_is_infinitely_dear(self):
        self.assertEqual(Window(0, 5, 1).cpu_per_unit, float("inf"))


class RatioTest(unittest.TestCase):
    def test_what_slows_both_sides_of_a_round_does_not_count(self):
        found = ratios(windows(20, 40, 20), windows(10, 20, 10))
        self.assertEqual((found.least, found.median, found.most), (2, 2, 2))

    def test_rounds_of_different_number_are_refused(self):
        with self.assertRaises(ValueError):
            ratios(windows(1, 2), windows(1))


class VerdictTest(unittest.TestCase):
    def test_rounds_that_disagree_show_nothing(self):
        self.assertEqual(verdict(windows(10, 9, 10, 10, 11), windows(10, 10, 9, 9, 9)), "no difference shown")

    def test_a_difference_within_the_noise_shows_nothing(self):
        side, reference = windows(10.5, 12.6, 8.4, 10.5, 14.7), windows(10, 12, 8, 10, 14)
        self.assertEqual(verdict(side, reference), "no difference shown")

    def test_a_difference_beyond_the_noise_is_told_in_both_directions(self):
        slow, fast = windows(20, 21, 20, 20, 19), windows(10, 10, 10, 11, 10)
        self.assertEqual(verdict(slow, fast), "2.00 times the CPU")
        self.assertEqual(verdict(fast, slow), "2.00 times less CPU")

    def test_few_rounds_are_only_an_indication(self):
        self.assertIn("indication", verdict(windows(20, 20, 20), windows(10, 10, 10)))


class WarmingTest(unittest.TestCase):
    def test_three_windows_within_three_per_cent_are_steady(self):
        self.assertTrue(is_steady([90, 10.0, 10.2, 10.3]))
        self.assertFalse(is_steady([10.0, 10.2, 10.4]))
        self.assertFalse(is_steady([10.0, 10.0]))

    def test_it_stops_when_steady(self):
        costs = iter(windows(90, 40, 20, 10, 10, 10, 10))
        found = warm(lambda: next(costs), windows_max=20)
        self.assertEqual((found.windows, found.steady, found.first, found.last), (6, True, 90, 10))

    def test_it_stops_at_its_bound_and_says_so(self):
        costs = iter(windows(*range(100, 10, -10)))
        found = warm(lambda: next(costs), windows_max=4)
        self.assertEqual((found.windows, found.steady), (4, False))
