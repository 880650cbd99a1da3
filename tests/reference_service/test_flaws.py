"""Seeded flaws load only on request, replace one part each, and never in production."""

from __future__ import annotations

import ast
import asyncio
import json
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from reference_service import provision, seeding
from reference_service.assembly import fill, open_redis
from reference_service.errors import SettingsError
from reference_service.parts import Parts
from reference_service.settings import Settings
from tests.reference_service.running import KEY, SECRET, query

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from reference_service.stack import Servers
    from tests.reference_service.running import Running

FLAWS = seeding.find()
OF_VARIANTS = frozenset({"scenario", "touches"})
OUTSIDE = '''"""Answers nothing."""
weakness = "isolation.list"
mode = "http"
def apply(parts):
    """Replace a part."""
    parts.json_decoder = lambda body: None
'''


def settings(folder: Path, **values: Any) -> Settings:
    """Return settings that reach no server."""
    return Settings.model_validate(
        {
            "redis_url": "redis://127.0.0.1:1",
            "app_database_url": "postgresql://127.0.0.1:1/none",
            "encryption_keys": f"k1:{KEY}",
            "storage_url": str(folder),
            **({} if "jwks_url" in values else {"jwt_secret": SECRET}),
            **values,
        }
    )


def parts_for(folder: Path, needs: str = "") -> Parts:
    """Return sound parts in the mode that a flaw needs."""
    made = settings(folder, **({"jwks_url": "http://127.0.0.1:1/"} if needs == seeding.KEY_SET else {}))
    parts = object.__new__(Parts)
    fill(parts, made, open_redis(made), [])
    return parts


@pytest.mark.parametrize("name", FLAWS)
async def test_every_flaw_loads_and_applies(name: str, tmp_path: Path) -> None:
    """Its file says what it must say, and applying it replaces a part."""
    flaw = seeding.load(FLAWS[name])
    described = {"name": flaw.name, "weakness": flaw.weakness, "mode": flaw.mode, "title": flaw.title}
    told = {key: value for key, value in seeding.describe(name, FLAWS[name]).items() if key not in OF_VARIANTS}
    assert told == described | ({"needs": flaw.needs} if flaw.needs else {})
    assert (flaw.mode == seeding.BENIGN) == (FLAWS[name].parent == seeding.HARMLESS)
    assert flaw.title.endswith(".")
    seeding.apply_flaws(parts_for(tmp_path, flaw.needs), [flaw])
    if flaw.apply is not None:
        assert ast.get_docstring(ast.parse(FLAWS[name].read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", [name for name in FLAWS if seeding.load(FLAWS[name]).ddl])
async def test_the_sql_of_every_flaw_runs(service: Running, name: str) -> None:
    """On a migrated database, as the administrator, for the role of the service; here it is taken back."""
    (role,) = await query(service.app_url, "SELECT quote_ident(current_user) AS name")
    connection = await asyncpg.connect(service.admin_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute((seeding.load(FLAWS[name]).ddl or "").replace("{role}", role["name"]))
    await transaction.rollback()
    await connection.close()


def test_two_flaws_of_one_part_are_refused(tmp_path: Path) -> None:
    """The error names both and the part."""
    flaws = [seeding.load(FLAWS[name]) for name in ("rid-constant", "rid-not-echoed")]
    with pytest.raises(SettingsError, match="rid-constant and rid-not-echoed: both replace the part 'request_ids'"):
        seeding.apply_flaws(parts_for(tmp_path), flaws)


def test_flaws_of_different_parts_go_together(tmp_path: Path) -> None:
    """Several can be switched on at once."""
    seeding.apply_flaws(parts_for(tmp_path), [seeding.load(FLAWS[name]) for name in ("rid-constant", "rl-absent")])


def test_flaws_come_from_outside_too(tmp_path: Path) -> None:
    """A folder adds its files; a name that is taken is refused."""
    (tmp_path / "my_flaw.py").write_text(OUTSIDE)
    (flaw,) = seeding.choose(["my-flaw"], tmp_path, settings(tmp_path))
    assert (flaw.name, flaw.weakness, flaw.title) == ("my-flaw", "isolation.list", "Answers nothing.")
    (tmp_path / "rl_absent.py").write_text(OUTSIDE)
    with pytest.raises(SettingsError, match="rl-absent: defined twice"):
        seeding.find(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mode = 'http'\nddl = 'x'", "weakness"),
        ("weakness = 'a.b'\nmode = 'loud'\nddl = 'x'", "mode"),
        ("weakness = 'a.b'\nmode = 'http'", "apply"),
        ("weakness = 'a.b'\nmode = 'http'\ndef apply(parts): pass", "replaces a part"),
        ("weakness = 'a.b'\nmode = 'http'\nneeds = 'luck'\nddl = 'x'", "needs"),
        ("def", "SyntaxError"),
        ("weakness = 'a.b'\nmode = 'http'\ndef apply(parts): parts.settings = None", "replaces a part"),
    ],
)
def test_a_file_that_is_no_flaw_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """With one clear error."""
    (tmp_path / "odd.py").write_text(text)
    with pytest.raises(SettingsError, match=message):
        seeding.apply_flaws(parts_for(tmp_path), seeding.choose(["odd"], tmp_path, settings(tmp_path)))


def test_production_has_no_flaws(tmp_path: Path) -> None:
    """Neither ours nor others."""
    production = settings(tmp_path, environment="production", database_url="postgresql://x/y", jwt_secret=SECRET)
    for names, outside in ((["rl-absent"], None), ([], tmp_path)):
        with pytest.raises(SettingsError, match="production"):
            seeding.choose(names, outside, production)
    assert seeding.choose([], None, production) == []


def test_an_unknown_flaw_is_refused(tmp_path: Path) -> None:
    """The error says how to list them."""
    with pytest.raises(SettingsError, match="no such flaw: x; --list-flaws"):
        seeding.choose(["x"], None, settings(tmp_path))


def test_a_flaw_of_another_mode_is_refused(tmp_path: Path) -> None:
    """Where the service has a shared secret, a flaw of published keys would change nothing."""
    with pytest.raises(SettingsError, match="jwt-alg-confusion needs KNOWLEDGE_JWKS_URL"):
        seeding.choose(["jwt-alg-confusion"], None, settings(tmp_path))


def test_sql_is_refused_on_a_database_of_somebody_else(servers: Servers) -> None:
    """A database without our mark is not damaged, whoever asks."""

    async def damage() -> None:
        url = await provision.create_database(servers.admin_url, "not_ours")
        await provision.provision(url)
        await query(url, "COMMENT ON DATABASE not_ours IS 'precious'")
        await provision.provision(url, None, ["DROP TABLE files"])

    with pytest.raises(SettingsError, match="unless our own stack created it"):
        asyncio.run(damage())


def test_active_flaws_are_shown_unless_hidden(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """In /version; while calibrating they are hidden, and act all the same."""
    flaw = seeding.load(FLAWS["rid-constant"])
    for hidden in (False, True):
        with start(flaws=[flaw], hide_flaws=hidden) as service:
            answer = service.visitor().get("/version")
            assert answer.json()["flaws"] == ([] if hidden else ["rid-constant"])
            assert answer.headers["X-Request-ID"] == "0" * 32
            assert "rid-constant" not in json.dumps(service.visitor().get("/openapi.json").json())
