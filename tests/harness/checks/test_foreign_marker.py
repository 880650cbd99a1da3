"""The watcher that looks for other users' markers in every response."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.checks.isolation.foreign_marker import ENOUGH, detects
from harness.model import Outcome
from harness.registry import discover
from tests.harness.checks.bench import exchange, lab

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.model import Watcher

FORMS = range(7)


def fresh(bench: Lab) -> Watcher:
    """Return the watcher as a run gets it."""
    check = next(each for each in discover() if each.id == "isolation/foreign_marker")
    assert check.watch is not None
    return check.watch(bench)


def watching(bench: Lab) -> Watcher:
    """Return the watcher, with enough ordinary answers behind it to pass."""
    watcher = fresh(bench)
    own = bench.session.markers.issue("alice:a1")
    for number in range(ENOUGH):
        watcher.see(exchange(200, {"text": own.text}, subject="a1", number=number))
    return watcher


def outcome(watcher: Watcher) -> Outcome:
    """Return how a watcher concludes."""
    return Outcome.worst(observation.outcome for observation in watcher.conclude())


def test_owners_may_receive_what_is_theirs() -> None:
    """Own markers are the control, and no finding."""
    assert outcome(watching(lab())) is Outcome.PASSED


def test_without_any_own_marker_nothing_passes() -> None:
    """Empty answers prove no isolation."""
    watcher = fresh(lab())
    for _ in range(ENOUGH):
        watcher.see(exchange(200, {"items": []}))
    assert outcome(watcher) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("form", FORMS)
def test_a_marker_of_another_is_found_in_every_form_in_body_and_header(form: int) -> None:
    """Upper case, reversed, hex and base64 do not hide it, nor does a header."""
    for where in ("body", "header"):
        bench = lab()
        watcher = watching(bench)
        leaked = bench.session.markers.issue("bob:b1").forms[form]
        headers = (("X-Note", leaked.decode()),) if where == "header" else ()
        watcher.see(exchange(404, b"<p>" + leaked + b"</p>" if where == "body" else b"", headers, subject="a1"))
        assert outcome(watcher) is Outcome.FAILED


def test_a_marker_that_the_request_itself_carries_is_no_leak() -> None:
    """An error that repeats what was sent tells nothing new."""
    bench = lab()
    watcher = watching(bench)
    sent = bench.session.markers.issue("bob:b1").text.encode()
    watcher.see(exchange(422, sent, subject="a1", sent=sent))
    assert outcome(watcher) is Outcome.PASSED


def test_two_users_of_one_name_are_two_users() -> None:
    """Checks have users of their own: an Alice must not receive what another Alice owns."""
    bench = lab()
    watcher = watching(bench)
    watcher.see(exchange(200, bench.session.markers.issue("alice:a2").text, subject="a1"))
    assert outcome(watcher) is Outcome.FAILED


def test_what_is_public_or_published_is_nobodys() -> None:
    """Everybody may receive what its owner made public."""
    bench = lab()
    watcher = watching(bench)
    public, published = bench.session.markers.issue("bob:b1", public=True), bench.session.markers.issue("bob:b1")
    bench.session.markers.publish(published)
    watcher.see(exchange(200, [public.text, published.text], subject="a1"))
    assert outcome(watcher) is Outcome.PASSED


def test_the_detector_knows_all_forms() -> None:
    """The self-test of each run holds."""
    assert detects()
