"""SQL injection (CWE-89) by a search: what is always true must find what is found where nothing is true."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import requests
from harness.checks.validation._input import attempt
from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import Marker, genuine
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema import ListCall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call

# Both conditions have the same words, so that a search by words or meaning cannot tell them apart.
TRUE, FALSE = "7341<7342", "7342<7341"
SHAPES = (
    "{word}' OR {condition} -- ",
    "{word}') OR {condition} -- ",
    "{word}' OR ({condition}) OR '7'='8",
    "{word}' AND {condition} -- ",
    "{word}') OR ({condition}) OR ('7'='8",
    "{word}%' OR {condition} -- ",
    "{word}%') OR {condition} -- ",
    '{word}" OR {condition} -- ',
    "{word} OR {condition}",
)
QUOTES = re.compile(r"""['"\\]""")
JOINED = ("'||'", "' '", "'+'")
"""How SQL joins two literals: the standard and most, MySQL, SQL Server."""
NO_SQL = "'.'"
BROKEN = ("{word}'", '{word}"', "{word}')", "{word}\\", "{word}';", "{word}%'")


@check(
    severity=Severity.CRITICAL,
    catches=["injection.sql"],
    needs=Needs(users=2, operations=("create", "search")),
    owasp="API8:2023",
    cwe=89,
)
async def sql_search(lab: Lab) -> AsyncIterator[Observation]:
    """The text of a search stays text: it is never part of the statement."""
    alice, bob = await lab.two_users()
    for resource in lab.resources_with("create", "search"):
        own, theirs = await genuine(lab, alice, resource), await resource.create(bob)
        assert own is not None  # noqa: S101 -- of this resource
        control = await resource.seen(alice, own, "search")
        if not control.found:
            yield inconclusive(control.operation, "no-control", "the owner does not find an own object", control.last)
            continue
        for call in resource.spec.calls("search"):
            search = _Search(resource=resource, user=alice, own=own, theirs=theirs, call=call)
            for broken in BROKEN:
                yield await search.quoted(broken)
            for shape in SHAPES:
                yield await search.paired(shape)
            yield await search.doubled()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """One search operation, with an object that the user owns and one of somebody else."""

    resource: BoundResource
    user: Identity
    own: Owned
    theirs: Owned
    call: Call

    async def quoted(self, text: str) -> Observation:
        """A quote that ends a literal too early makes a statement that the database refuses."""
        exchange = await self._sent(text)
        subject, about = f"{self.call.operation}: {text}", {"operation": self.call.operation}
        if exchange.broken:
            bare = await self._sent(QUOTES.sub("", text))
            fails = f"a search for {text!r} is answered {status_of(exchange)}"
            if bare.broken:
                sentence = f"{fails}, without a quote as well"
                return failed(subject, sentence, exchange, bare, severity=Severity.MEDIUM, **about)
            sentence = f"{fails}: a quote breaks the statement"
            return failed(subject, sentence, exchange, bare, severity=Severity.HIGH, **about)
        return passed(subject, f"a search for {text!r} is answered {exchange.status}", exchange, **about)

    async def paired(self, shape: str) -> Observation:
        """Search twice with each condition: what differs with the condition, and only with it, was evaluated."""
        answers = [await self._sent(shape, condition) for condition in (TRUE, FALSE, TRUE, FALSE)]
        first, second, third, fourth = (found(answer, self.call) for answer in answers)
        subject, about = f"{self.call.operation}: {shape}", {"operation": self.call.operation}
        shown, said = (answers[0], answers[1]), f"a search with {shape!r}"
        if any(self.theirs.marker.in_bytes(answer.body) for answer in answers):
            sentence = f"{said} shows {self.user.name} what {self.theirs.owner.name} owns"
            return failed(subject, sentence, self.theirs.created, *shown, **about)
        if (first, second) == (third, fourth) and first != second:
            sentence = f"{said} finds {len(first) - 1} where the condition is true, {len(second) - 1} where it is false"
            return failed(subject, sentence, *shown, **about)
        return passed(subject, f"{said} finds the same for both conditions", *shown, **about)

    async def doubled(self) -> Observation:
        """Quotes after the word that finds an object: where one hides it and two do not, a literal may be ended.

        Searches for phrases do that, too; so two literals that SQL joins must find it, and what SQL cannot read not.
        """
        subject, about = f"{self.call.operation}: quotes", {"operation": self.call.operation}
        answers = [await self._with(quotes) for quotes in ("'", "''", "'", "''")]
        if [self._finds(answer) for answer in answers] != [False, True, False, True]:
            return passed(subject, "one quote after a word finds what two find", *answers[:2], **about)
        for joined in JOINED:
            pair = [await self._with(text) for text in (joined, NO_SQL, joined, NO_SQL)]
            if [self._finds(answer) for answer in pair] == [True, False, True, False]:
                sentence = (
                    f"a quote after a word hides what the word finds, two quotes and {joined} do not: SQL reads them"
                )
                return failed(subject, sentence, *answers[:2], *pair[:2], **about)
        sentence = "quotes after a word are read as a search for phrases does, not as SQL would"
        return passed(subject, sentence, *answers[:2], *pair[:2], **about)

    async def _with(self, end: str) -> Exchange:
        """Search for the word that finds an object, with something after it."""
        marker = Marker(query=f"{self.own.marker.query}{end}", witness=self.own.marker.witness)
        request = self.resource.request("search", self.own, call=self.call, marker=marker)
        return await attempt(self.resource.lab, self.user, request)

    def _finds(self, answer: Exchange) -> bool:
        return str(self.own.id) in found(answer, self.call)

    async def _sent(self, shape: str, condition: str = "") -> Exchange:
        word = self.own.marker.query[::-1]  # nothing holds it
        marker = Marker(query=shape.format(word=word, condition=condition), witness=self.own.marker.witness)
        request = self.resource.request("search", self.own, call=self.call, marker=marker)
        return await attempt(self.resource.lab, self.user, request)


def found(exchange: Exchange, call: Call) -> frozenset[str]:
    """Return the status and the identifiers of what was found."""
    assert isinstance(call, ListCall)  # noqa: S101 -- searches are, by the schema of scenarios
    items = requests.array(requests.parsed(exchange.body), call.items) or []
    ids = [str(requests.at(item, call.id)) for item in items]
    return frozenset([f"status {exchange.status}", *ids])
