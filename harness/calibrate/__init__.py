"""Why a pass means something: every check is tried on what is sound, flawed, hollow and sabotaged."""

from harness.calibrate.benches import Settings
from harness.calibrate.cases import Case, Kind, Row
from harness.calibrate.document import newest
from harness.calibrate.run import Report, Watching, calibrate
from harness.calibrate.soak import soak

__all__ = ["Case", "Kind", "Report", "Row", "Settings", "Watching", "calibrate", "newest", "soak"]
