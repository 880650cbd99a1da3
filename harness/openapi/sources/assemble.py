"""From requests of a recording or collection to an OpenAPI document."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.openapi.inference.words import words
from harness.openapi.sources.paths import identifiers, template
from harness.openapi.sources.recorded import MISSING, SECRET_WORDS, is_carrier
from harness.openapi.sources.values import answer_schema, body_schema, is_ordinary
from harness.openapi.text import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.openapi.sources.recorded import Carrier, Recorded

_TOLD = ("location", "link", "retry-after")
_TOLD_PARTS = ("ratelimit", "rate-limit", "request-id", "correlation-id")


def assembled(requests: Iterable[Recorded], *, host: str | None, prefix: str) -> dict[str, Any]:
    """Return the document of all requests to one host below `prefix`."""
    kept = [one for one in _of_one_host(list(requests), host) if one.method.lower() in METHODS]
    known = identifiers(kept)
    grouped: dict[str, dict[str, list[Recorded]]] = {}
    for one in kept:
        path = urlsplit(one.url).path or "/"
        if prefix and not path.startswith(f"{prefix}/"):
            continue
        shape = template(path.removeprefix(prefix), known)
        grouped.setdefault(shape, {}).setdefault(one.method.lower(), []).append(one)
    schemes = _schemes(kept)
    names = {carrier: name for name, (carrier, _) in schemes.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "", "version": ""},
        "paths": {
            path: {
                **({"parameters": _variables(path)} if "{" in path else {}),
                **{method: _operation(many, names) for method, many in methods.items()},
            }
            for path, methods in grouped.items()
        },
        "components": {"securitySchemes": {name: scheme for name, (_, scheme) in schemes.items()}},
        **({"security": [{name: []} for name in schemes]} if schemes else {}),
    }


def _of_one_host(recorded: list[Recorded], host: str | None) -> list[Recorded]:
    """Return what was sent to `host`, else to the host that was asked most; an address without one is any host's."""
    counts = Counter(found for one in recorded if (found := urlsplit(one.url).netloc))
    if host not in counts:
        host = counts.most_common(1)[0][0] if counts else None
    return [one for one in recorded if urlsplit(one.url).netloc in {"", host}]


def _variables(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{") and part.endswith("}")]
    return [{"name": name, "in": "path", "required": True, "schema": {}} for name in names]


def _operation(many: Sequence[Recorded], names: Mapping[Carrier, str]) -> dict[str, Any]:
    operation: dict[str, Any] = {"summary": many[0].name if is_ordinary(many[0].name) else ""}
    given = dict.fromkeys(name for one in many for name in one.query if is_ordinary(name) and not _is_secret(name))
    if given:
        operation["parameters"] = [{"name": name, "in": "query", "schema": {}} for name in given]
    operation.update(_body(many))
    # What was recorded is no promise, so that any other answer is declared too.
    operation["responses"] = {**_answers(many), "default": {"description": ""}}
    carriers = [one.carrier for one in many if one.carrier is not None]
    if carriers:
        operation["security"] = [{names[carriers[0]]: []}]
    elif any(one.open or str(one.status).startswith("2") for one in many) and names:
        operation["security"] = []
    return operation


def _is_secret(name: str) -> bool:
    return is_carrier(name) or name.lower() in SECRET_WORDS or {"api", "key"} <= set(words(name))


def _body(many: Sequence[Recorded]) -> dict[str, Any]:
    worked = [one for one in many if (one.status or 200) < 400]  # noqa: PLR2004 -- what was refused is no example
    sent = [one for one in worked or many if one.body is not MISSING and one.media]
    if not sent:
        return {}
    media = Counter(one.media for one in sent).most_common(1)[0][0]
    alike = [one for one in sent if one.media == media]
    files = {name for one in alike for name in one.files}
    schema = body_schema([one.body for one in alike], files=files)
    return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}}


def _answers(many: Sequence[Recorded]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status in dict.fromkeys(one.status for one in many if one.status is not None):
        alike = [one for one in many if one.status == status]
        values = [one.answer for one in alike if one.answer is not MISSING]
        headers = {name for one in alike for name in one.answer_headers if _is_told(name)}
        content = {"application/json": {"schema": answer_schema(values)}} if values else {}
        answers[str(status)] = {
            "description": "",
            "headers": {name: {} for name in sorted(headers)},
            "content": content,
        }
    return answers


def _is_told(name: str) -> bool:
    return name.lower() in _TOLD or any(part in name.lower() for part in _TOLD_PARTS)


def _schemes(recorded: Iterable[Recorded]) -> dict[str, tuple[Carrier, dict[str, Any]]]:
    """Return the ways credentials were carried, the commonest first."""
    counts = Counter(one.carrier for one in recorded if one.carrier is not None)
    return {
        f"credential{number}": (carrier, _scheme(carrier)) for number, (carrier, _) in enumerate(counts.most_common())
    }


def _scheme(carrier: Carrier) -> dict[str, Any]:
    if carrier.kind in {"bearer", "basic"}:
        return {"type": "http", "scheme": carrier.kind}
    told = {"description": f"{carrier.word} <credential>"} if carrier.word else {}
    return {"type": "apiKey", "in": carrier.kind, "name": carrier.name, **told}
