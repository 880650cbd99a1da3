"""Lists of the things of a user, which are created elsewhere.

They stand below the user, as GET /customers/{name}/orders, or beside the things, as GET /orders/customer/{name}.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
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

WHY = {
    "action": "it is below a user, and answers a list",
    "read": "it ends in a user, and answers a list of what is created above",
}
"""Why something is a list, by what it was taken for."""
KEPT = ("create", "delete")


def take_owned_lists(families: list[Family], loose: list[Operation], root: Mapping[str, Any]) -> None:
    """Give each list of a user's things to the thing it lists; to one of its own beside that, where that has a list.

    What creates it may be among the `loose` operations, which no path groups.
    """
    lists = _Lists(families, loose, root)
    for user in [family for family in families if is_user(family)]:
        lists.take_beside(user)
        if not user.has("create"):
            lists.lend_below(user)
            lists.take_below(user)


@dataclass(frozen=True, slots=True)
class _Lists:
    families: list[Family]
    loose: list[Operation]
    root: Mapping[str, Any]

    def take_beside(self, user: Family) -> None:
        """Take what is asked for as if it were a user, and answers a list of what is created two segments above."""
        place = segments(user.item)[:-2]
        name = place[-1] if place else ""
        made = (one for one in self.families if one is not user and one.has("create"))
        known = next((one for one in made if place and segments(one.collection) == place), None)
        for operation in list(user.operations.get("read", ())):
            schema = answer(operation)
            if name and schema is not None and list_shape(self.root, schema, name) is not None:
                self._take(operation, "read", user, self._thing(name, known, user))
                if not user.all():
                    self.families.remove(user)

    def lend_below(self, user: Family) -> None:
        """Let what stands below a user be created and deleted as the same thing elsewhere."""
        for below in [one for one in self.families if one.parent is user and not one.has("create")]:
            same = (one for one in self.families if one is not below and one.thing == below.thing and not one.parent)
            other = next((one for one in same if one.has("create")), None)
            if other is not None:
                for verb in KEPT:
                    _lend(verb, other, below)

    def take_below(self, user: Family) -> None:
        """Take what stands below a user and answers a list."""
        for operation in list(user.operations.get("action", ())):
            name = _listing(operation, user, self.root)
            known = next((one for one in self.families if name and _lists(name, one, user)), None)
            self._take(operation, "action", user, self._thing(name, known, user))

    def _take(self, operation: Operation, verb: str, user: Family, thing: Family | None) -> None:
        if thing is not None:
            user.operations[verb].remove(operation)
            thing.take("list", operation, WHY[verb])
            self.families.extend([thing] * (thing not in self.families))

    def _thing(self, name: str, known: Family | None, user: Family) -> Family | None:
        """Return the family of what is listed: by whose list it is looked at, None where nothing creates it."""
        if known is not None:
            return _beside(known, user) if known.has("list") else known
        posts = (one for one in self.loose if one.method == "POST" and name)
        made = next((one for one in posts if segments(one.path)[-1:] == [name]), None)
        if made is None:
            return None
        self.loose.remove(made)
        thing = Family(stem(name) or "thing", f"{stem(name)}_id")
        thing.take("create", made, f"POST on {made.path}, as a list of a user's things is named")
        return thing


def _listing(operation: Operation, above: Family, root: Mapping[str, Any]) -> str:
    """Return what a GET directly below a user lists, by its path; "" where it does not."""
    schema = answer(operation)
    name = segments(operation.path)[-1]
    direct = operation.method == "GET" and len(segments(operation.path)) == len(segments(above.item)) + 1
    is_list = schema is None or list_shape(root, schema, name) is not None
    return name if direct and "{" not in name and is_list else ""


def _lists(name: str, one: Family, above: Family) -> bool:
    return one is not above and one.parent in {None, above} and one.has("create") and stem(name) == one.thing


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
