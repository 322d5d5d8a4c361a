"""The one exception that crosses the wire."""

#: What `code` may be; a code of a later version counts as `internal`.
CODES = (
    "not_found",
    "invalid",
    "app",
    "cancelled",
    "timeout",
    "overloaded",
    "unavailable",
    "forbidden",
    "unauthenticated",
    "protocol",
    "internal",
)


class Fault(Exception):
    """A call that failed. A function may raise one to choose the code that its caller sees."""

    def __init__(self, code: str, message: str, retryable: bool = False, details=None):
        super().__init__(message)
        self.code = code if code in CODES else "internal"
        self.message = str(message)
        self.retryable = bool(retryable)
        self.details = details

    def __str__(self):
        return f"{self.code}: {self.message}"

    def payload(self) -> dict:
        """What an ERROR frame carries for it."""
        found = {"code": self.code, "message": self.message, "retryable": self.retryable}
        return found if self.details is None else {**found, "details": self.details}

    @classmethod
    def of(cls, payload: dict) -> "Fault":
        return cls(payload["code"], payload["message"], payload.get("retryable") is True, payload.get("details"))
