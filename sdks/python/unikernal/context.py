"""What a function may ask about the call it serves."""
import contextvars
import time
from typing import Optional


class Context:
    def __init__(self, meta: dict):
        milliseconds = meta.get("deadline_ms")
        #: On the clock of `time.monotonic()`, or None where the caller set none.
        self.deadline: Optional[float] = None
        if type(milliseconds) is int:
            self.deadline = time.monotonic() + milliseconds / 1000
        #: W3C `traceparent`.
        self.trace: Optional[str] = meta.get("trace")
        #: W3C `tracestate`.
        self.trace_state: Optional[str] = meta.get("tracestate")
        #: Who calls, as the kernel authenticated it.
        self.caller: Optional[str] = meta.get("caller")
        #: The idempotency key.
        self.key: Optional[str] = meta.get("key")
        #: The caller no longer needs the answer: a long function looks here now and then.
        self.cancelled = False

    @property
    def remaining(self) -> Optional[float]:
        """Seconds until the deadline; below zero once it has passed."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    @property
    def expired(self) -> bool:
        return self.deadline is not None and self.deadline <= time.monotonic()


current: "contextvars.ContextVar[Context]" = contextvars.ContextVar("unikernal_context")


def context() -> Context:
    """The context of the call that runs here; outside of any, one in which nothing is set."""
    found = current.get(None)
    return Context({}) if found is None else found
