"""`python3 -m unikernal describe FILE`: one line of JSON, whatever the file does."""
import json
import os
import tempfile
import unittest

from support import start, write_program

from unikernal import functions


def describe(source, name="program.py"):
    with tempfile.TemporaryDirectory() as folder:
        path = write_program(folder, source, name)
        process = start(["describe", path])
        out, err = process.communicate(timeout=10)
        lines = out.splitlines()
        assert len(lines) == 1, (out, err)
        return process.returncode, json.loads(lines[0]), err, str(path)


class Describe(unittest.TestCase):
    def test_public_functions_are_listed_in_order_with_types_docs_and_lines(self):
        code, found, _, _ = describe(
            '''
            import os
            from dataclasses import dataclass
            from decimal import Decimal
            from functools import lru_cache, wraps
            from os.path import join
            from typing import Iterator, Optional


            @dataclass
            class Line:
                sku: str
                qty: int = 1


            def logged(function):
                @wraps(function)
                def _logged(*args, **kwargs):
                    return function(*args, **kwargs)
                return _logged


            @logged
            def total(lines: list[Line], from_: str = "eu") -> Decimal:
                """The sum.

                To the cent."""


            @lru_cache
            def cached(n: Optional[int]) -> None: ...


            def numbers() -> Iterator[int]: ...


            async def later(value) -> dict: ...


            def _hidden(*args): ...


            class NotAFunction: ...
            '''
        )
        self.assertEqual(code, 0)
        by_name = {function["name"]: function for function in found["functions"]}
        self.assertEqual(list(by_name), ["logged", "total", "cached", "numbers", "later"])
        self.assertEqual(
            by_name["total"],
            {
                "name": "total",
                "doc": "The sum.\n\nTo the cent.",
                "line": 23,
                "params": [
                    {"name": "lines", "type": "list(Line)", "optional": False},
                    {"name": "from", "type": "string", "optional": True},
                ],
                "returns": "decimal",
            },
        )
        self.assertEqual(by_name["cached"]["params"], [{"name": "n", "type": "int?", "optional": False}])
        self.assertEqual(by_name["cached"]["returns"], "null")
        self.assertEqual((by_name["numbers"]["returns"], by_name["numbers"]["stream"]), ("stream(int)", True))
        self.assertEqual(by_name["later"]["params"][0]["type"], "any")
        self.assertEqual(by_name["later"]["returns"], "map(string, any)")
        self.assertEqual(found["types"], {"Line": {"sku": "string", "qty": "int"}})
        self.assertEqual(found["defaults"], {"Line": ["qty"]})
        self.assertEqual((found["v"], found["lang"]), (1, "python"))

    def test_what_a_file_prints_while_it_loads_goes_to_standard_error(self):
        code, found, err, _ = describe(
            'import os\nprint("hello")\nos.system("echo from a child")\ndef f(): ...\n'
        )
        self.assertEqual((code, found["functions"][0]["name"]), (0, "f"))
        self.assertIn("hello", err)
        self.assertIn("from a child", err)

    def test_a_thread_that_the_file_leaves_running_does_not_keep_describe(self):
        code, _, _, _ = describe("import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n")
        self.assertEqual(code, 0)

    def test_a_file_named_like_a_library_replaces_nothing(self):
        code, found, _, _ = describe("def f() -> int: ...\n", name="json.py")
        self.assertEqual((code, found["functions"][0]["returns"]), (0, "int"))

    def test_a_file_imports_its_neighbours_and_does_not_offer_what_it_imports(self):
        with tempfile.TemporaryDirectory() as folder:
            write_program(folder, "def helper(): ...\n", "neighbour.py")
            path = write_program(folder, "from neighbour import helper\ndef own(): ...\n")
            process = start(["describe", os.path.relpath(path)])
            out, _ = process.communicate(timeout=10)
        self.assertEqual([function["name"] for function in json.loads(out)["functions"]], ["own"])


class Errors(unittest.TestCase):
    def check(self, source, **expected):
        code, found, _, path = describe(source)
        self.assertEqual((code, list(found)), (1, ["v", "error"]))
        error = found["error"]
        self.assertEqual(error.pop("file"), path)
        message = expected.pop("message")
        self.assertIn(message, error.pop("message"))
        self.assertEqual(error, expected)

    def test_a_syntax_error_has_line_and_column(self):
        self.check("def f(:\n", message="invalid syntax", line=1, column=7, type="SyntaxError")

    def test_an_import_that_fails_has_its_line(self):
        self.check(
            "import os\nimport nowhere_at_all\n", message="nowhere_at_all", line=2, type="ModuleNotFoundError"
        )

    def test_an_error_inside_a_library_has_the_line_that_called_it(self):
        self.check("\n\nimport json\njson.loads('{')\n", message="Expecting", line=4, type="JSONDecodeError")

    def test_a_file_that_exits_is_an_error_too(self):
        self.check("import sys\nsys.exit(0)\n", message="0", line=2, type="SystemExit")

    def test_a_signature_without_types_in_udl_has_the_line_of_the_function(self):
        self.check(
            "def f(): ...\ndef g(x: set) -> int: ...\n",
            message="function `g`: set has no type in UDL",
            line=2,
            type="Undescribable",
        )
        self.check("def f(*rest): ...\n", message="`*rest` has no name of its own", line=1, type="Undescribable")
        self.check("def f(x: 'Nowhere'): ...\n", message="Nowhere", line=1, type="Undescribable")
        self.check("def f(a, a_): ...\n", message="same name without the underscore", line=1, type="Undescribable")

    def test_a_file_that_is_not_there_is_an_error(self):
        process = start(["describe", "/nowhere/program.py"])
        out, _ = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(json.loads(out)["error"]["type"], "FileNotFoundError")

    def test_the_error_of_a_neighbour_names_the_line_that_imports_it(self):
        with tempfile.TemporaryDirectory() as folder:
            write_program(folder, "1 / 0\n", "broken_neighbour.py")
            path = write_program(folder, "\nimport broken_neighbour\n")
            try:
                functions.load(str(path))
            except ZeroDivisionError as error:
                self.assertEqual(functions.describe_error(str(path), error)["line"], 2)


if __name__ == "__main__":
    unittest.main()
