"""Kinto (Python): a store of JSON records in collections in buckets, shared by permissions; names and passwords."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from real_targets.processes import call, run, server
from real_targets.target import Running

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUIREMENTS = Path(__file__).with_name("kinto.txt")
PINS = REQUIREMENTS.read_text(encoding="utf-8")
KNOWN = frozenset({"exposure/credentials", "isolation/foreign_marker", "isolation/etag"})
# Memory is its own choice for trying it out; everybody may sign up, and every user may have buckets.
SETTINGS = """
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = %(http_port)s
threads = 4

[app:main]
use = egg:kinto
kinto.includes = kinto.plugins.default_bucket kinto.plugins.accounts
kinto.storage_backend = kinto.core.storage.memory
kinto.cache_backend = kinto.core.cache.memory
kinto.permission_backend = kinto.core.permission.memory
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.AccountsPolicy
kinto.account_create_principals = system.Everyone
kinto.bucket_create_principals = system.Authenticated
"""
# One wrong line: whoever has an account may read every bucket, and with it all that is in it.
LEAK = "kinto.bucket_read_principals = system.Authenticated\n"
LOGGING = """
[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console

[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain

[formatter_plain]
"""


def install(folder: Path) -> None:
    """Install it into an environment of its own, in the very versions of `kinto.txt`."""
    shutil.rmtree(folder / "environment", ignore_errors=True)
    run([sys.executable, "-m", "venv", "environment"], folder)
    pip = [str(folder / "environment/bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "install", "--no-deps", "--requirement", str(REQUIREMENTS)], folder)


@contextlib.contextmanager
def serve(folder: Path, port: int, *, leak: bool) -> Iterator[Running]:
    """Start it with an empty memory, and sign up two users."""
    hidden = "".join(
        f"kinto.{name} = {secrets.token_hex(32)}\n" for name in ("userid_hmac_secret", "default_bucket_hmac_secret")
    )
    (folder / "settings.ini").write_text(SETTINGS + hidden + (LEAK if leak else "") + LOGGING, encoding="utf-8")
    url = f"http://127.0.0.1:{port}/v1"
    command = [str(folder / "environment/bin/kinto"), "start", "--ini", "settings.ini", "--port", str(port)]
    with server(command, folder, f"{url}/__heartbeat__", {}):
        passwords = {name: secrets.token_urlsafe(16) for name in ("alice", "bob")}
        for name, password in passwords.items():
            call("PUT", f"{url}/accounts/{name}", {"data": {"password": password}})
        credentials = {name: f"{name}:{password}" for name, password in passwords.items()}
        yield Running(url=url, credentials=credentials, document="/__api__")
