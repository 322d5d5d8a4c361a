"""Functions in Python as operations of a Unikernal definition, and calls to any other."""
from .cbor import Duration, Timestamp
from .client import UnikernalClient
from .connection import VERSION as __version__
from .context import Context, context
from .faults import Fault

__all__ = ["Context", "Duration", "Fault", "Timestamp", "UnikernalClient", "__version__", "context"]
