"""Operations on one account that their path or their body names: what changes it, and what only another role may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.openapi.examples import NoExampleError
from harness.openapi.inference.answers import answer, id_pointer
from harness.openapi.inference.calls import acting
from harness.openapi.inference.forms import account_fields, password_fields, texts
from harness.openapi.inference.routes import body_fields, last_words
from harness.openapi.inference.values import WHO, WhoAmI
from harness.openapi.inference.words import USER_WORDS, singular, words
from harness.openapi.shapes import types_of
from harness.requests import PLACEHOLDER
from harness.scenario.schema import Call

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    from harness.model import Operation
    from harness.openapi.inference.calls import Caller
    from harness.openapi.inference.families import Family

NAMING = ("user_id", "id", "username", "user_name", "login", "account_id", "user")
NAMES = ("username", "user_name", "login")
GUESTS = USER_WORDS | {"collaborator", "participant", "invitation", "invite", "share", "viewer", "editor", "guest"}
HARMLESS = frozenset({"name", "bio", "about", "description", "phone", "address", "city", "title", "website", "image"})


@dataclass(slots=True)
class Accounts:
    """Sorts the operations of the families of users in one document; `entered` are roles such as "sign up"."""

    root: Mapping[str, Any]
    caller: Caller
    entered: Collection[str]
    calls: list[Call] = field(default_factory=list)
    reads: list[WhoAmI] = field(default_factory=list)
    """What reads an account that its path names, asked of the acting user."""
    privileged: list[str] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def has(self, family: Family) -> bool:
        """Whether a family is one of users: nobody creates them, or they sign up elsewhere."""
        made = family.operations.get("create", ())
        elsewhere = bool({"sign up", "log in"} & set(self.entered)) and all(one.secured for one in made)
        return singular(family.thing) in USER_WORDS and family.parent is None and (not made or elsewhere)

    def lets_in(self, family: Family) -> bool:
        """Whether a thing is that another user may see what it is below: a member of a workspace.

        It takes the name of somebody there is, so none is made up.
        """
        required = {name for one in family.operations.get("create", ()) for name in _required(one)}
        names_one = any("_".join(words(name)) in (*NAMING, "email", "member_id") for name in required)
        return family.parent is not None and names_one and singular(family.thing) in GUESTS

    def take_guests(self, families: Iterable[Family]) -> None:
        """Who is let into a thing is asked of that thing, and so is to let somebody in."""
        families = list(families)
        for family in families:
            for operation in family.operations.get("action", ()):
                guests = GUESTS & {singular(word) for word in last_words(operation)}
                if guests and guest_fields(operation, self.root) and not family.has("admit"):
                    family.take("admit", operation, f"it lets a {min(guests)} into a {family.thing}")
        for family in [one for one in families if self.lets_in(one)]:
            for verb, operation in family.all():
                if verb == "list" and family.parent is not None:
                    family.parent.take("action", operation, f"it tells whom a {family.parent.thing} is shared with")
                elif verb == "create" and family.parent is not None and not family.parent.has("admit"):
                    family.parent.take("admit", operation, f"it lets a {family.thing} into a {family.parent.thing}")
                else:
                    self.reasons[operation.id] = f"a {family.thing} is another user, who is let in"

    def take(self, family: Family) -> None:
        """Say of each operation of a family what it is."""
        for verb, operation in family.all():
            if verb == "read" and operation.path.count("{") == 1 and operation.secured is not False:
                self.reads.append(self._read(operation))
            changes = verb in {"update", "delete"} or (verb == "action" and bool(self._known(operation)))
            if changes and operation.method != "GET":
                self._change(family, operation)
            elif verb == "create" and "sign up" in self.entered:
                self.privileged.append(operation.id)
                self.roles[operation.id] = "privileged: makes accounts, beside the sign-up"
            elif verb == "action":
                self.reasons[operation.id] = f"it changes no account, and a {family.thing} is a user"
            else:
                self.reasons[operation.id] = f"a {family.thing} is a user, not a thing that a user owns"

    def _read(self, operation: Operation) -> WhoAmI:
        name = PLACEHOLDER.findall(operation.path)[0]
        call = Call(operation=operation.id, path={name: acting(name)})
        return WhoAmI(call, id_pointer(self.root, answer(operation), name, "user") or WHO)

    def take_own(self, operation: Operation) -> None:
        """Take a change of the own account that names an account in its body: it may be anybody's."""
        fields = body_fields(operation, self.root)
        named = next((name for name in texts(fields) if "_".join(words(name)) in NAMING), None)
        if named is None:
            return
        plain = self._one_of({}, {name: one for name, one in fields.items() if name != named})
        try:
            draft = self.caller.draft(operation, {**plain, named: "{user}"}, text="h{nonce}")
        except NoExampleError as error:
            self.reasons[operation.id] = f"no valid request could be made: {error}"
            return
        self.calls.append(Call(**draft.values))
        self.roles[operation.id] = f"account: its body names one as {named}"

    def _known(self, operation: Operation) -> dict[str, str]:
        """Return placeholders for what is known of accounts; an action that takes none of it leaves them alone."""
        fields = body_fields(operation, self.root)
        known = account_fields(fields) | password_fields(fields)
        return {name: value.replace("{username}", "h{nonce}") for name, value in known.items()}

    def _change(self, family: Family, operation: Operation) -> None:
        fields = body_fields(operation, self.root)
        known = self._known(operation)
        if not set(known) & _required(operation):
            known = self._one_of(known, fields)
        try:
            draft = self.caller.draft(operation, known, text="h{nonce}")
        except NoExampleError as error:
            self.reasons[operation.id] = f"no valid request could be made: {error}"
            return
        self.calls.append(Call(**draft.values))
        self.roles[operation.id] = f"account: {family.why[operation.id]}"

    def _one_of(self, known: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, str]:
        """Return one field to change where none is required: a harmless one, else all passwords, else any known."""
        plain = [name for name in fields if set(words(name)) & HARMLESS and name not in known]
        if plain:
            return {plain[0]: "h{nonce}"}
        passwords = {name: value for name, value in known.items() if "password" in value}
        return passwords or dict(list(known.items())[:1])


def guest_fields(operation: Operation, root: Mapping[str, Any]) -> dict[str, str]:
    """Return placeholders for the fields that name the user who is let in."""
    found = {}
    for name, schema in texts(body_fields(operation, root)).items():
        plain = "_".join(words(name))
        if plain in {*NAMES, "email"}:
            found[name] = "{guest_name}"
        elif plain in (*NAMING, "member_id"):
            found[name] = "{guest_number}" if "integer" in types_of(schema) else "{guest}"
    return found


def _required(operation: Operation) -> set[str]:
    return {name for body in operation.bodies for name in (body.schema or {}).get("required", ())}
