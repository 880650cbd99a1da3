"""A link is looked at when it is given, so that it could be shown with a title, wherever it leads."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "injection.server-request"
mode = "http"
PATIENCE = 2.0


def apply(parts: Parts) -> Parts:
    """Look at it in the background."""

    def look(link: str) -> None:
        if link.startswith("http"):
            threading.Thread(target=fetch, args=(link,), daemon=True).start()

    return replace(parts, on_link=look)


def fetch(link: str) -> None:
    """Ask for it, whatever comes of that."""
    with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
        httpx.get(link, timeout=PATIENCE)
