"""Lists that stand below the user they belong to, of things created elsewhere: GET /customers/{name}/orders."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.answers import answer, list_shape
from harness.openapi.inference.calls import acting
from harness.openapi.inference.families import Family
from harness.openapi.inference.nesting import is_user
from harness.openapi.inference.routes import segments
from harness.openapi.inference.words import USER_WORDS, singular, stem, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.model import Operation

WHY = "it is below a user, and answers a list"
KEPT = ("create", "delete")


def take_owned_lists(families: list[Family], loose: list[Operation], root: Mapping[str, Any]) -> None:
    """Give each list below a user to the thing it lists; to a thing of its own beside that, where that has a list.

    What creates it may be among the `loose` operations, which no path groups.
    """
    for above in [family for family in families if is_user(family) and not family.has("create")]:
        for below in [one for one in families if one.parent is above and not one.has("create")]:
            same = (one for one in families if one is not below and one.thing == below.thing and one.parent is None)
            other = next((one for one in same if one.has("create")), None)
            if other is not None:
                for verb in KEPT:
                    _lend(verb, other, below)
        for operation in list(above.operations.get("action", ())):
            name = _listing(operation, above, root)
            known = next((one for one in families if name and _lists(name, one, above)), None)
            thing = known if known and not known.has("list") else _another(name, known, above, loose)
            if thing is not None:
                above.operations["action"].remove(operation)
                thing.take("list", operation, WHY)
                families.extend([thing] * (thing is not known))


def _listing(operation: Operation, above: Family, root: Mapping[str, Any]) -> str:
    """Return what a GET directly below a user lists, by its path; "" where it does not."""
    schema = answer(operation)
    name = segments(operation.path)[-1]
    direct = operation.method == "GET" and len(segments(operation.path)) == len(segments(above.item)) + 1
    is_list = schema is None or list_shape(root, schema, name) is not None
    return name if direct and "{" not in name and is_list else ""


def _lists(name: str, one: Family, above: Family) -> bool:
    return one is not above and one.parent in {None, above} and one.has("create") and stem(name) == one.thing


def _another(name: str, known: Family | None, above: Family, loose: list[Operation]) -> Family | None:
    """Return another family of things, by whose list they are looked at, None where nothing creates them."""
    if known is not None:
        return _beside(known, above)
    made = next((one for one in loose if one.method == "POST" and name and segments(one.path)[-1:] == [name]), None)
    if made is None:
        return None
    loose.remove(made)
    thing = Family(stem(name) or "thing", f"{stem(name)}_id")
    thing.take("create", made, f"POST on {made.path}, as a list below a user is named")
    return thing


def _beside(thing: Family, above: Family) -> Family:
    """Return another family of the same things, by whose list they are looked at."""
    other = Family(f"{above.thing}_{thing.thing}", thing.parameter, thing.item, thing.collection)
    for verb in KEPT:
        _lend(verb, thing, other)
    return other


def _lend(verb: str, thing: Family, other: Family) -> None:
    """Give the operations of a verb to another family of the same things, unless that has its own."""
    for operation in thing.operations.get(verb, ()) if not other.has(verb) else ():
        other.take(verb, operation, thing.why[operation.id], thing.carriers.get(operation.id, ""))


def users_in_path(operation: Operation) -> Iterator[tuple[str, str]]:
    """Walk the variables of a path that stand for a user, as its segment before says: the acting one."""
    parts = segments(operation.path)
    for before, part in itertools.pairwise(parts):
        if part.startswith("{") and {singular(word) for word in words(before)[-1:]} & USER_WORDS:
            yield part.strip("{}"), acting(part)
