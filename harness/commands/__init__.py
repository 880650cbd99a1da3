"""What the commands of the command line do; each returns an exit code."""

from harness.commands.calibration import CalibrateRequest, calibrate
from harness.commands.catalogue import explain, list_checks, print_schema
from harness.commands.evidence import approve, environment, inspect, replay, sweep
from harness.commands.init import init
from harness.commands.interruption import INTERRUPTED, interruptible
from harness.commands.target import operations
from harness.commands.verify import VerifyRequest, verify

INTERNAL = 3

__all__ = [
    "INTERNAL",
    "INTERRUPTED",
    "CalibrateRequest",
    "VerifyRequest",
    "approve",
    "calibrate",
    "environment",
    "explain",
    "init",
    "inspect",
    "interruptible",
    "list_checks",
    "operations",
    "print_schema",
    "replay",
    "sweep",
    "verify",
]
