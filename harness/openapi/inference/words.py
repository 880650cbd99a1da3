"""The words in paths and field names, as APIs usually choose them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ID_WORDS = ("id", "uuid", "guid", "uid", "gid", "pk", "slug", "key", "handle", "sha", "token")
SEARCH = frozenset({"search", "query", "find", "lookup", "filter"})
UPDATE = frozenset({"update", "edit", "modify", "change", "rename", "set", "replace", "patch"})
DELETE = frozenset({"delete", "remove", "destroy", "del"})
READ = frozenset({"read", "get", "show", "view", "fetch", "detail", "details", "info", "retrieve"})
LIST = frozenset({"list", "all", "index"})
CREATE = frozenset(
    {"create", "new", "add", "upload", "import", "submit", "insert", "register", "save", "make", "ingest"}
)
SEARCH_FIELDS = ("q", "query", "search", "text", "term", "keyword", "keywords")
QUERY_FIELDS = (*SEARCH_FIELDS, "s", "filter", "name", "title")
LIMITS = (
    "limit",
    "per_page",
    "page_size",
    "size",
    "top",
    "first",
    "take",
    "count",
    "max_results",
    "pagesize",
    "perpage",
)
OFFSETS = ("offset", "skip", "start", "from")
PAGES = ("page", "page_number", "pagenumber", "p")
CURSORS = (
    "cursor",
    "after",
    "page_token",
    "pagetoken",
    "next_token",
    "starting_after",
    "continuation",
    "continuation_token",
    "marker",
)
NEXT = ("next_cursor", "nextcursor", "next_page_token", "nextpagetoken", "next_token", "next_page", "next", "cursor")
ITEMS = (
    "items",
    "results",
    "data",
    "records",
    "entries",
    "rows",
    "list",
    "hits",
    "matches",
    "elements",
    "values",
    "content",
    "objects",
)
TOTALS = (
    "total",
    "total_count",
    "totalcount",
    "count",
    "total_items",
    "totalitems",
    "total_results",
    "total_elements",
    "total_records",
    "total_docs",
)
OWNERS: tuple[str, ...] = (
    "owner_id",
    "owner",
    "user_id",
    "user",
    "created_by",
    "author_id",
    "author",
    "account_id",
    "tenant_id",
)
OWNERS += ("creator_id", "creator", "username")
USER_WORDS = frozenset({"user", "account", "member", "profile", "customer", "person"})

_PLURALS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("statuses", "status"))


def words(text: str) -> tuple[str, ...]:
    """Split "thingId", "thing_id" or "thing-id" into lower-case words."""
    return tuple(word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", text))


def singular(word: str) -> str:
    """Return the usual singular of an English plural; other words as they are."""
    for plural, one in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("statuses", "status"),
    ):
        if word.endswith(plural) and len(word) > len(plural) + 1:
            return word.removesuffix(plural) + one
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def stem(text: str) -> str:
    """Return what a segment or field name is about: its words in the singular, joined by "_"."""
    found = words(text)
    return "_".join((*found[:-1], singular(found[-1]))) if found else ""


def id_stem(name: str) -> str | None:
    """Return what an identifier's name is about: "thing" for thing_id or thingId, "" for id, None for other names."""
    found = words(name)
    if not found or found[-1] not in ID_WORDS:
        return None
    return stem("_".join(found[:-1])) if len(found) > 1 else ""


def shown(place: str) -> str:
    """Return a place for a reader: several pointers are told by the first of them."""
    first, *others = place.split("|")
    return f"{first!r} or one of {len(others)} other usual places" if others else repr(place)


def about(stem_: str, other: str) -> bool:
    """Whether two stems speak of the same thing ("note" and "project_note" do)."""
    return bool(stem_ and other) and (stem_ == other or stem_.endswith(f"_{other}") or other.endswith(f"_{stem_}"))


def first_of(names: Iterable[str], known: Iterable[str]) -> str | None:
    """Return the name that comes first in `known`, whatever its case and separators."""
    by_plain = {"_".join(words(name)): name for name in names} | {name.lower(): name for name in names}
    return next((by_plain[one] for one in known if one in by_plain), None)
