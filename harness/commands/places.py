"""Where a target keeps its OpenAPI document: the usual places, then what its own pages and headers point to."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from harness.model import ANONYMOUS, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.client import Client
    from harness.model import Exchange

DOCUMENTS = (
    "/openapi.json",
    "/openapi.yaml",
    "/swagger.json",
    "/v3/api-docs",
    "/v2/api-docs",
    "/api/openapi.json",
    "/docs/openapi.json",
    "/swagger/v1/swagger.json",
    "/openapi.yml",
    "/swagger.yaml",
    "/api-docs",
    "/docs-json",
    "/api-json",
    "/api/schema/",
    "/schema/",
    *(f"/api/{version}/{name}" for version in ("v1", "v2") for name in ("openapi.json", "schema/")),
    "/api/swagger.json",
    "/swagger/?format=openapi",
    "/openapi/v1.json",
    "/documentation/json",
    "/swagger/json",
    "/apispec_1.json",
    "/openapi/openapi.json",
    "/q/openapi",
    "/schema/openapi.json",
    "/api-spec.json",
    "/spec.json",
    "/swagger/doc.json",
    "/doc",
    "/openapi",
    "/openapi/",
)
"""Where it usually is: FastAPI, springdoc, ASP.NET, NestJS, Django, Fastify, Flask, Litestar, swag and Hono."""
# Pages of documentation name the document that they show; RFC 8631 and 9727 define the header and the last place.
PAGES = (
    "/",
    "/docs",
    "/redoc",
    "/swagger",
    "/swagger-ui",
    "/swagger-ui/index.html",
    "/documentation",
    "/reference",
    "/api",
    "/api/docs",
    "/api-docs",
    "/api-docs/",
    "/docs/",
    "/api/docs/",
    "/api/",
    "/.well-known/api-catalog",
)
_LINK = re.compile(r"<([^>]*)>\s*;[^,]*\brel\s*=\s*\"?[^\";,]*\bservice-desc\b", re.IGNORECASE)
_QUOTED = re.compile(
    r"[\"']([^\"'\s<>]{1,300}?(?:openapi|swagger|api-docs|schema)[^\"'\s<>]{0,60})[\"']", re.IGNORECASE
)
_DOCUMENT = re.compile(r"(\.(json|ya?ml)|/(v\d/)?api-docs|[?&]format=openapi)/?$|\bswagger-ui-init\.js$", re.IGNORECASE)
MOST = 12


async def hinted_places(client: Client, *, until: float) -> AsyncIterator[str]:
    """Yield the paths on this very host that pages and headers of the target name as those of its document.

    Nothing is asked after `until`, a time of the running loop.
    """
    known = set(DOCUMENTS)
    prefix = client.policy.origin.prefix
    for page in PAGES:
        if asyncio.get_running_loop().time() >= until:
            return
        exchange = await client.send(ANONYMOUS, Request(method="GET", target=prefix + page), purpose="document")
        for place in hints(exchange, client.policy.origin.url)[:MOST] if exchange.ok or page == "/" else ():
            path = place.removeprefix(prefix)
            if path not in known:
                known.add(path)
                yield path


def hints(exchange: Exchange, origin: str) -> list[str]:
    """Return the paths that an answer names as those of a document: by a header, or by a text in quotes."""
    if exchange.response is None:
        return []
    linked = [found for value in exchange.response.all("Link") for found in _LINK.findall(value)]
    text = exchange.body.decode("utf-8", "replace").replace("\\/", "/")
    quoted = [found for found in _QUOTED.findall(text) if _DOCUMENT.search(found)]
    resolved = [urljoin(origin + exchange.request.target, one) for one in (*linked, *quoted)]
    return [path for one in resolved if (path := _on_host(one, origin)) is not None]


def _on_host(url: str, origin: str) -> str | None:
    """Return path and query of a URL on this host; None for another host, which is never asked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if f"{parts.scheme}://{parts.netloc}" != origin or not parts.path:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
