"""A resource of the scenario, bound to the client: for one check, as any user."""

from harness.lab.resource.bound import BoundResource
from harness.lab.resource.calls import COLLECTION
from harness.lab.resource.creating import identifier
from harness.lab.resource.objects import Listing, Owned, View
from harness.lab.resource.paging import MAX_PAGES, with_query
from harness.lab.resource.shapes import PLACED, lookalike, text_place, with_fields

__all__ = [
    "COLLECTION",
    "MAX_PAGES",
    "PLACED",
    "BoundResource",
    "Listing",
    "Owned",
    "View",
    "identifier",
    "lookalike",
    "text_place",
    "with_fields",
    "with_query",
]
