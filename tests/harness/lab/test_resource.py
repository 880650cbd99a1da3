"""Resources bound to a real service: created by somebody, seen page by page, journalled and removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from harness import engine, requests
from harness.lab import Inconclusive
from harness.lab.resource import with_fields
from harness.scenario.schema import Call
from tests.harness.bench import lab, options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from tests.harness.notebook import Notebook


SLOW = 'name = "thing"\nsettle = 1.0'


async def test_an_object_is_created_seen_and_removed_by_its_owner_only(url: str, notebook: Notebook) -> None:
    """Alice finds hers by reading and listing, Bob by neither; a delete of Bob's changes nothing in the ledger."""
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        alice, bob = await bench.two_users()
        thing = bench.resource("thing")
        owned = await thing.create(alice)
        views = [await thing.look(user, owned, verb) for user in (alice, bob) for verb in thing.looks]
        assert [view.found for view in views] == [True, True, False, False]
        assert (await thing.delete(bob, owned)).status == 404
        assert session.ledger.owned_by(alice) == 1
        assert (await thing.delete(alice, owned)).ok
        assert (session.ledger.owned_by(alice), session.ledger.count) == (0, 1)


async def test_what_does_not_show_is_looked_for_ever_less_often_and_once_at_the_very_end(
    url: str, notebook: Notebook
) -> None:
    """Whoever waits for long does not hammer the target meanwhile."""
    async with engine.opened(options(url, notebook, text=TOML.replace('name = "thing"', SLOW))) as session:
        bench = lab(session)
        alice, bob = await bench.two_users()
        thing = bench.resource("thing")
        owned = await thing.create(alice)
        view = await thing.seen(bob, owned, "read")
        looks = [each.sent for each in session.client.recorder.exchanges.values() if each.user == "bob"]
    assert not view.found
    assert len(looks) <= len(("at once", 0.1, 0.3, 0.7, 1.0))
    assert looks[-1] - owned.created.done >= 1.0


async def test_pages_are_walked_to_the_end(url: str, notebook: Notebook) -> None:
    """Every item of every page is there once, with the total that the service tells."""
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        (alice,) = await bench.users(1)
        thing = bench.resource("thing")
        made = [(await thing.create(alice)).id for _ in range(5)]
        listing = await thing.pages(alice, "list")
        assert (sorted(listing.ids), listing.total, len(listing.exchanges), listing.ok) == (sorted(made), 5, 3, True)


async def test_children_are_created_below_a_parent_of_their_own(url: str, notebook: Notebook) -> None:
    """Where no parent is given one is created first, once for each user."""
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        (alice,) = await bench.users(1)
        part = bench.resource("part")
        first, second = await part.create(alice), await part.create(alice)
        assert first.parents == second.parents
        assert part.request("delete", first).target == f"/things/{first.parents[0]}/parts/{first.id}"
        assert [owned.resource for owned, _ in session.ledger.alive] == ["part", "part", "thing"]


async def test_every_create_is_in_the_journal_before_it_is_sent(url: str, notebook: Notebook, tmp_path: Path) -> None:
    """A run that is killed leaves on disk what may exist, and how to remove it."""
    journal = tmp_path / "journal.jsonl"
    before: list[str] = []

    def watch(request: Request) -> None:
        if request.method == "POST":
            before.append(json.loads(journal.read_text(encoding="utf-8").splitlines()[-1])["event"])

    notebook.instead = watch
    async with engine.opened(options(url, notebook, journal=journal)) as session:
        bench = lab(session)
        (alice,) = await bench.users(1)
        owned = await bench.resource("thing").create(alice)
    assert before == ["intended"]
    last = json.loads(journal.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["event"], last["id"], last["delete"]["target"]) == ("created", owned.id, f"/things/{owned.id}")
    assert notebook.secret not in journal.read_text(encoding="utf-8")


async def test_a_create_that_is_refused_is_no_control(url: str, notebook: Notebook) -> None:
    """The check ends with what was answered; nothing is left to be cleaned up."""
    notebook.instead = lambda request: JSONResponse({"error": "full"}, 507) if request.method == "POST" else None
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        (alice,) = await bench.users(1)
        with pytest.raises(Inconclusive, match=r"alice could not create a thing: POST /things answered 507") as caught:
            await bench.resource("thing").create(alice)
        assert (caught.value.reason, session.ledger.alive) == ("no-control", ())


async def test_an_unplanned_limit_and_a_dead_target_end_a_check_not_a_run(url: str, notebook: Notebook) -> None:
    """429 is `quota`, no answer is `target-down`: neither is a pass or a failure of what was to be checked."""
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        (alice,) = await bench.users(1)
        notebook.instead = lambda _request: Response(status_code=429)
        with pytest.raises(Inconclusive, match="alice was limited") as limited:
            await bench.resource("thing").create(alice)
    async with engine.opened(options("http://127.0.0.1:9", notebook)) as session:
        with pytest.raises(Inconclusive, match="got no answer") as down:
            await lab(session).resource("thing").create(alice)
    assert (limited.value.reason, down.value.reason) == ("quota", "target-down")


async def test_two_users_of_one_credential_are_no_two_users(url: str, notebook: Notebook) -> None:
    """A check of isolation between a user and itself would pass whatever the target does."""
    text = TOML.replace("[users.minted]", "[users.was]").split("[users.was]")[0] + "[users.tokens]\n"
    text += 'alice = "env:NOTEBOOK_SECRET"\nbob = "env:NOTEBOOK_SECRET"\n'
    async with engine.opened(options(url, notebook, text=text)) as session:
        with pytest.raises(Inconclusive, match="alice and bob carry the same credential"):
            await lab(session).two_users()


def test_what_is_not_offered_is_a_sentence(url: str, notebook: Notebook) -> None:
    """A need that the scenario cannot meet is named."""
    plan = engine.dry_run(options(url, notebook))
    missing = {result.check.id: result.observations[0].sentence for result in plan.not_run}
    assert missing["limits/exact_limit"].startswith("needs ")
    assert missing["limits/exact_limit"].endswith(", which the scenario does not offer")


async def test_whatever_removes_an_object_of_its_owner_is_noted(url: str, notebook: Notebook) -> None:
    """A removal that a check sends by itself counts like any other, or the cleanup would miss the object."""
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        alice, bob = await bench.two_users()
        thing = bench.resource("thing")
        first, second = await thing.create(alice), await thing.create(alice)
        assert not (await bench.send(bob, thing.request("delete", first))).ok
        assert (await bench.send(alice, thing.request("delete", second))).ok
        assert [owned.id for owned, _ in session.ledger.alive] == [first.id]


def test_more_fields_go_beside_the_text_of_a_body() -> None:
    """A service that wraps things in an object reads nothing outside of it."""
    for body, place in (
        ({"data": {"more": {}, "text": "{marker}"}, "may": {}}, "/data/owner"),
        ({"text": "{marker}", "more": {}}, "/owner"),
        ({"n": 1}, "/owner"),
    ):
        call = Call.model_validate({"operation": "POST /things", "json": body})
        changed = with_fields(call, {"owner": "x"}).body
        assert requests.pointer(changed, place) == "x"
        assert call.body == body


async def test_a_failing_read_back_is_no_proof_of_a_deletion(url: str, notebook: Notebook) -> None:
    """Where the owner is answered with 503, nobody can say that the object is gone; a refusal says so."""
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        (alice,) = await bench.users(1)
        thing = bench.resource("thing")
        owned = await thing.create(alice)
        notebook.instead = lambda _request: JSONResponse({}, 503)
        for verb in thing.looks:
            with pytest.raises(Inconclusive, match="answers alice with 503"):
                await thing.look(alice, owned, verb, purpose="read-back")
        assert not (await thing.look(alice, owned, "read", purpose="attempt")).found
        notebook.instead = lambda _request: JSONResponse({}, 404)
        assert not (await thing.look(alice, owned, "read", purpose="read-back")).found
