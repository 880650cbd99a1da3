"""What a thing is below: by its path, or by a field that its creation requires and that names another thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.calls import acting
from harness.openapi.inference.identifiers import required_things
from harness.openapi.inference.words import USER_WORDS, about, id_stem, singular

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.openapi.inference.families import Family


@dataclass(slots=True)
class Place:
    """The resource above, placeholders for identifiers that are known beforehand, and what both rest on."""

    parent: str | None = None
    known: dict[str, str] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)


def placed(family: Family, built: Mapping[int, str], parents: Mapping[str, Family], root: Mapping[str, Any]) -> Place:
    """Return where a thing belongs; `built` are the names of resources by family, `parents` the families by name."""
    place, above = Place(), family.parent
    while above is not None:
        if id(above) in built:
            name = built[id(above)]
            field_name = above.parameter if place.parent and id_stem(above.parameter) else f"{above.thing}_id"
            place.known[field_name] = f"{{{name}}}" if place.parent else "{parent}"
            place.parent = place.parent or name
        elif is_user(above):
            place.known[above.parameter] = acting(above.parameter)
            place.assumed.append(f"{{{above.parameter}}} in its path is the acting user")
        above = above.parent
    if place.parent is None:
        _by_field(place, family, {thing: one for thing, one in parents.items() if id(one) in built}, built, root)
    return place


def _by_field(
    place: Place, family: Family, parents: Mapping[str, Family], built: Mapping[int, str], root: Mapping[str, Any]
) -> None:
    create = family.operations["create"][0]
    for name, of in required_things(create, root).items():
        for thing, other in parents.items():
            if about(of, other.thing) and other is not family:
                place.evidence.append(f"parent {thing}: {create.id} requires {name}")
                place.parent, place.known[name] = built[id(other)], "{parent}"
                return


def is_user(family: Family) -> bool:
    """Whether what is above a thing is its user."""
    return singular(family.thing.rpartition("_")[2]) in USER_WORDS
