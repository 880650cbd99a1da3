"""What a check is handed: users, resources bound to the client, and what the scenario offers."""

from harness.lab.genuine import genuine
from harness.lab.harmless import harmless
from harness.lab.inconclusive import Inconclusive
from harness.lab.lab import Lab
from harness.lab.markers import Marker, Markers
from harness.lab.readable import READABLE
from harness.lab.resource import BoundResource, Listing, Owned, View
from harness.lab.session import Session
from harness.lab.specimens import ONCE, Specimen, chosen, specimens
from harness.lab.tour import QUICKLY_LIMITED, tour

__all__ = [
    "ONCE",
    "QUICKLY_LIMITED",
    "READABLE",
    "BoundResource",
    "Inconclusive",
    "Lab",
    "Listing",
    "Marker",
    "Markers",
    "Owned",
    "Session",
    "Specimen",
    "View",
    "chosen",
    "genuine",
    "harmless",
    "specimens",
    "tour",
]
