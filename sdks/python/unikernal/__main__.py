"""`python3 -m unikernal serve FILE` and `python3 -m unikernal describe FILE`."""
import argparse
import json
import os
import sys

from .functions import describe_error, load
from .worker import THREADS_DEFAULT, serve


def describe(file: str) -> int:
    """Prints one line of JSON. All else that the file prints while it loads goes to standard error."""
    output = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # the descriptor, so that what the file starts is caught too
    try:
        found, code = {"v": 1, "lang": "python", **load(file).described()}, 0
    except BaseException as error:  # a file may call sys.exit() as well
        found, code = {"v": 1, "error": describe_error(file, error)}, 1
    print(json.dumps(found), file=output, flush=True)
    return code


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m unikernal")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the public functions of FILE to the kernel")
    serving.add_argument("file")
    serving.add_argument("--threads", type=int, default=THREADS_DEFAULT, help="calls that run at once")
    commands.add_parser("describe", help="print what FILE offers, as one line of JSON").add_argument("file")
    options = parser.parse_args()
    if options.command == "serve" and options.threads < 1:
        parser.error("--threads must be 1 or more")
    code = describe(options.file) if options.command == "describe" else serve(options.file, options.threads)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads that the file started, or a call that never ends, must not keep the process


if __name__ == "__main__":
    main()
