"""What an update changes, where its document leaves that open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.openapi.examples import ANY_NAME

if TYPE_CHECKING:
    from harness.scenario.schema import CreateCall

TITLES = frozenset({"title", "name"})


def changed(body: Any, create: CreateCall) -> Any:
    """Return the body of an update with the text that it changes named as one that is created."""
    named = _named_as_created(body, create.body)
    return _but_its_title(named, create.body) if create.id.endswith("slug") else named


def _named_as_created(body: Any, created: Any) -> Any:
    """Return the body of an update with the text that is created, where its schema names no field at all."""
    if not isinstance(body, dict) or not isinstance(created, dict):
        return body
    if body.keys() == {ANY_NAME} and ANY_NAME not in created:
        texts = [name for name, value in created.items() if isinstance(value, str) and "{marker}" in value]
        return {texts[0]: body[ANY_NAME]} if texts else body
    return {name: _named_as_created(value, created.get(name)) for name, value in body.items()}


def _but_its_title(body: Any, created: Any) -> Any:
    """Return the body of an update that changes another text than the title: a slug is made of that."""
    if not isinstance(body, dict) or not isinstance(created, dict):
        return body
    others = [name for name, value in created.items() if value == "{marker}" and name not in TITLES]
    if others and len(body) == 1 and TITLES & body.keys():
        return {others[0]: next(iter(body.values()))}
    return {name: _but_its_title(value, created.get(name)) for name, value in body.items()}
