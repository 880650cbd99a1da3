"""Headers that name the software and its version (CWE-497) save an attacker the guessing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.model import Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab

TELLING = frozenset(
    {
        "x-powered-by",
        "x-aspnet-version",
        "x-aspnetmvc-version",
        "x-generator",
        "x-framework",
        "x-backend-server",
        "x-server-powered-by",
        "x-runtime-version",
    }
)
# A proxy may say its name; what runs the application, or any version, should not be told.
SOFTWARE = re.compile(
    r"\d+\.\d+|uvicorn|hypercorn|daphne|gunicorn|granian|werkzeug|waitress|cherrypy|aiohttp|tornado|fastapi|starlette|django|flask"
    r"|express|kestrel|jetty|tomcat|undertow|netty|puma|unicorn|passenger|webrick|thin|php|asp\.net|python|node",
    re.IGNORECASE,
)


@watcher(severity=Severity.LOW, catches=["errors.banner"], owasp="API8:2023", cwe=497)
def banner(lab: Lab) -> StatusWatcher:
    """No response names the software that made it."""
    return StatusWatcher(
        lab=lab, subject="banners", claim="responses that do not name their software", judge=judge, front=True
    )


def judge(seen: Seen) -> Problem | bool:
    """Return the header that tells what runs here."""
    for name, value in seen.response.headers:
        telling = name.lower() in TELLING or (name.lower() == "server" and SOFTWARE.search(value))
        if telling:
            return Problem(subject=name.title(), sentence=f"{seen.name} says {name.title()}: {value[:80]}")
    return True
