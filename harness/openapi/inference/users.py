"""How users authenticate and come to be, as far as a document tells."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.openapi.examples import NoExampleError
from harness.openapi.inference.answers import WRAPPERS, answer, id_pointer
from harness.openapi.inference.calls import CREDENTIALS, FORM, Caller, versions
from harness.openapi.inference.forms import MAIL, USERNAMES, account_fields, consents, password_fields, texts
from harness.openapi.inference.routes import FORGOT, body_fields
from harness.openapi.inference.values import WHO, InferredUsers, WhoAmI
from harness.openapi.inference.words import first_of, shown
from harness.openapi.references import escaped, resolve
from harness.openapi.shapes import mapping, properties
from harness.scenario.schema import Call, CredentialSpec, LoginSpec, SignupSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Operation
    from harness.openapi.document import Document
    from harness.openapi.inference.calls import Draft

TOKENS = (
    "access_token",
    "token",
    "jwt",
    "id_token",
    "auth_token",
    "session_token",
    "api_key",
    "apikey",
    "key",
    "access",
    "bearer",
    "sessionid",
)
_PLACES = [f"{wrapper}/{name}" for wrapper in ("", "/data", "/user", "/*") for name in TOKENS[:10]]
ANYWHERE = "|".join([*_PLACES, "header:Authorization"])
"""Where a log-in may answer with a credential that no document describes."""
TOLD = "|".join(
    f"{wrapper}/{name}" for wrapper in ("", "/data") for name in ("user_id", "userId", "user/id", "user/_id")
)
"""Where a log-in may answer who has entered, where no document describes that."""
CALLS = {"logout": "log out", "delete_account": "delete own account", "change_password": "change password"}
PREFIX = re.compile(r"\b(Token|Bearer|ApiKey)\s+[\w<{\[.]|\bprefix\W{1,3}(\w{2,20})\b")
"""How a description says what goes before a credential: `Token abc.def`, or: with the prefix "Token"."""


@dataclass(slots=True)
class UserFinder:
    """Collects what one document says about its users; `roles` are the roles of operations found before."""

    document: Document
    caller: Caller
    roles: Mapping[str, str]
    found: dict[str, Any] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def users(self) -> InferredUsers:
        """Return what was found."""
        by_role: dict[str, Operation] = {}
        for operation in sorted(self.document.operations, key=self._silent_login):
            by_role.setdefault(self.roles.get(operation.id, ""), operation)
        self._credential()
        self._entry("login", by_role.get("log in") or self._token_url())
        self._entry("signup", by_role.get("sign up"))
        self._named_by_mail()
        for key, role in CALLS.items():
            if role in by_role:
                self._call(key, by_role[role])
        self.found["forgot_password"] = tuple(self._forgotten(by_role.get(FORGOT)))
        asked = [one for one in self.document.operations if self.roles.get(one.id) == "who am I"]
        self.found["who_am_i"] = tuple(one for each in asked if (one := self._who_am_i(each)) is not None)
        self.evidence += [f"whoami: {one.call.operation}" for one in self.found["who_am_i"][:1]]
        return InferredUsers(**self.found, evidence=tuple(self.evidence))

    def _who_am_i(self, operation: Operation) -> WhoAmI | None:
        draft = self._drafted(operation)
        if draft is None:
            return None
        return WhoAmI(Call(**draft.values), self._subject(operation) or WHO)

    def _forgotten(self, operation: Operation | None) -> Iterator[Call]:
        """Yield how somebody asks for a new password, in each version that the path may name."""
        if operation is None:
            return
        names = [one.name for one in operation.parameters] + list(body_fields(operation, self.document.root))
        known = account_fields({name: {"type": "string"} for name in names})
        try:
            draft = self.caller.draft(operation, known, text="{username}", whole=True)
        except NoExampleError as error:
            self.reasons[operation.id] = f"no valid request could be made: {error}"
            return
        self.evidence.append(f"forgot_password: {operation.id}")
        call = Call(**draft.values)
        named = [one for one in operation.parameters if f"v{{{one.name}}}" in operation.path]
        for version in versions(named[0]) if named else [None]:
            path = {**call.path, named[0].name: str(version)} if named else call.path
            yield call.model_copy(update={"path": path})

    def _silent_login(self, operation: Operation) -> bool:
        return self.roles.get(operation.id) == "log in" and self._token_at(operation) is None

    def _credential(self) -> None:
        """Take the first security scheme in use, header, cookie, or bearer; keep the others beside it."""
        schemes = self.document.security_schemes
        used = [name for one in self._requirements() for name in one] or list(schemes)
        carriers = [(name, carrier_of(resolve(self.document.root, schemes.get(name)))) for name in dict.fromkeys(used)]
        found = [(name, carrier) for name, carrier in carriers if carrier is not None]
        if found:
            self.found["credential"] = found[0][1]
            self.found["carriers"] = tuple(found[1:])
            self.evidence.append(f"credential: the security scheme {found[0][0]} of the document")
            return
        for operation in self.document.operations:
            for one in operation.parameters:
                if (
                    one.location == "header"
                    and one.name.lower() in (CREDENTIALS - {"cookie"}) | self.caller.credential_headers
                ):
                    template = "Bearer {credential}" if one.name.lower() == "authorization" else "{credential}"
                    self.found["credential"] = CredentialSpec(header=one.name, template=template)
                    self.evidence.append(f"credential: {operation.id} takes the header {one.name}")
                    return

    def _requirements(self) -> list[dict[str, Any]]:
        root = self.document.root
        top = root.get("security")
        found = [one for one in (top if isinstance(top, list) else []) if isinstance(one, dict)]
        items = [item for item in mapping(root.get("paths")).values() if isinstance(item, Mapping)]
        asked = [one.get("security") for item in items for one in item.values() if isinstance(one, Mapping)]
        return found + [
            one
            for requirement in asked
            if isinstance(requirement, list)
            for one in requirement
            if isinstance(one, dict)
        ]

    def _token_url(self) -> Operation | None:
        """Return the operation that the OAuth2 password flow names; its host does not matter, it is never contacted."""
        for scheme in self.document.security_schemes.values():
            flow = mapping(mapping(mapping(resolve(self.document.root, scheme)).get("flows")).get("password"))
            path = urlsplit(str(flow.get("tokenUrl", ""))).path.strip("/") if flow else ""
            for operation in self.document.operations if path else ():
                if operation.method == "POST" and operation.path.strip("/").endswith(path):
                    return operation
        return None

    def _entry(self, key: str, operation: Operation | None) -> None:
        """Fill a log-in or sign-up: its fields by name, and where its answer has the credential."""
        if operation is None:
            return
        fields = body_fields(operation, self.document.root)
        known = account_fields(fields) | consents(fields)
        try:
            draft = self.caller.draft(operation, known, text="{username}", whole=key == "signup")
        except NoExampleError as error:
            self.reasons[operation.id] = f"no valid request could be made: {error}"
            return
        where = self._token_at(operation)
        if key == "login":
            cookie = self.found.get("credential", CredentialSpec()).cookie
            where = where or (f"cookie:{cookie}" if cookie else ANYWHERE)
            if FORM in {body.media_type for body in operation.bodies} and "grant_type" in fields:
                draft.values.setdefault("form", {})["grant_type"] = "password"
            self.found["login"] = LoginSpec(**draft.values, credential=where, subject=self._told_at(operation))
        elif (given := json.dumps(draft.values, default=str)).count("{password}") and "{username}" not in given:
            self.reasons[operation.id] = "it seems to sign up, but takes no name"
            return
        else:
            self.found["signup"] = SignupSpec(**draft.values, credential=where, subject=self._subject(operation))
        self.evidence.append(f"{key}: {operation.id}" + (f", credential at {shown(where)}" if where else ""))

    def _named_by_mail(self) -> None:
        """Where nobody is given a name at sign-up, a log-in that asks for one means the address."""
        login, signup = self.found.get("login"), self.found.get("signup")
        given = _values(signup)
        if login is not None and MAIL in given and "{username}" not in given and "{username}" in _values(login):
            filled = {key: _renamed(getattr(login, key)) for key in ("body", "form") if getattr(login, key) is not None}
            self.found["login"] = login.model_copy(update=filled)
            self.evidence.append("login: by address, as the sign-up takes no name")

    def _subject(self, operation: Operation) -> str | None:
        """Return where an answer says who the user is."""
        found = id_pointer(self.document.root, answer(operation), "user_id", "user")
        return found or self._pointer(operation, ("sub", *USERNAMES, "email"))

    def _told_at(self, operation: Operation) -> str | None:
        """Return where the answer to a log-in may have the identifier of the user, as far as a document allows it."""
        known = properties(self.document.root, answer(operation))
        return TOLD if not known or first_of(known, ("user_id", "user", "data")) else None

    def _token_at(self, operation: Operation) -> str | None:
        found = self._pointer(operation, TOKENS)
        headers = [name for one in operation.responses if one.status.startswith("2") for name in one.headers]
        header = first_of(headers, ("authorization", "x_auth_token", "x_access_token"))
        return found or (f"header:{header}" if header else None)

    def _pointer(self, operation: Operation, names: tuple[str, ...]) -> str | None:
        """Return where an answer has a text of one of these names, at the top or in a wrapper."""
        fields = properties(self.document.root, answer(operation))
        found = first_pointer(texts(fields), names)
        for wrapper in (*WRAPPERS, "user", "session", "auth") if found is None else ():
            inner = first_pointer(texts(properties(self.document.root, fields.get(wrapper, {}))), names)
            found = found or (f"/{wrapper}{inner}" if inner else None)
        return found

    def _call(self, key: str, operation: Operation) -> None:
        draft = self._drafted(operation)
        if draft is not None:
            self.found[key] = Call(**draft.values)
            self.evidence.append(f"{key}: {operation.id}")

    def _drafted(self, operation: Operation) -> Draft | None:
        fields = body_fields(operation, self.document.root)
        try:
            return self.caller.draft(operation, password_fields(fields), text="{nonce}")
        except NoExampleError as error:
            self.reasons[operation.id] = f"no valid request could be made: {error}"
            return None


def _values(call: LoginSpec | SignupSpec | None) -> list[Any]:
    content = (call.body or call.form or {}) if call is not None else {}
    held = content.values() if isinstance(content, dict) else ()
    return [inner for one in held for inner in (one.values() if isinstance(one, dict) else (one,))]


def _renamed(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _renamed(value) for name, value in content.items()}
    return MAIL if content == "{username}" else content


def carrier_of(scheme: Mapping[str, Any]) -> CredentialSpec | None:
    """Return where a security scheme wants the credential; None for what no header or cookie carries."""
    kind, name = scheme.get("type"), scheme.get("name")
    if kind == "apiKey" and isinstance(name, str) and scheme.get("in") == "cookie":
        return CredentialSpec(header=None, cookie=name, template="{credential}")
    if kind == "apiKey" and isinstance(name, str) and scheme.get("in") == "header":
        told = PREFIX.search(str(scheme.get("description", "")))
        word = (told[1] or told[2]) if told else "Bearer"
        template = f"{word} {{credential}}" if name.lower() == "authorization" else "{credential}"
        return CredentialSpec(header=name, template=template)
    if kind == "http" and str(scheme.get("scheme", "")).lower() == "basic":
        return CredentialSpec(template="Basic {credential}")
    return CredentialSpec() if kind in {"http", "oauth2", "openIdConnect"} else None


def first_pointer(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """Return a pointer to the field that comes first in `names`."""
    found = first_of(fields, names)
    return f"/{escaped(found)}" if found else None
