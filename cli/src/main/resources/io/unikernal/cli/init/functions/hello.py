"""Functions of this definition: every public function here is an operation."""


def greet(name: str) -> str:
    return f"Hello, {name}!"
