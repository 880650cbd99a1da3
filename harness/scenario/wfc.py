"""Web Fuzzing Commons authentication files (WebFuzzing/Commons, schema 0.x): users as other fuzzers know them."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import yaml

from harness.errors import ConfigurationError
from harness.scenario.schema import Account, CredentialSpec, LoginSpec, UsersSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CREDENTIAL = "{credential}"
FORM = "application/x-www-form-urlencoded"
_SCHEMES = ("Bearer ", "Basic ", "Token ", "JWT ")
_PASSWORDS = ("password", "passwd", "pwd", "pass", "secret")


def wfc_users(path: Path, known: UsersSpec) -> UsersSpec:
    """Return the users of a file: those of `known` with tokens, or a log-in with accounts, in place of any others.

    Secrets stay in the file and are referred to. Raises ConfigurationError with the place of what cannot be used.
    """
    values = _values(path)
    entries = values.get("auth")
    if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        raise ConfigurationError(f"{path}: auth: expected a list of users")
    template = values.get("authTemplate")
    users = [
        _User(path, index, one, template if isinstance(template, dict) else {}) for index, one in enumerate(entries)
    ]
    kinds = {user.kind for user in users}
    if len(kinds) > 1:
        raise ConfigurationError(f"{path}: auth: expected fixedHeaders for all users, or loginEndpointAuth for all")
    plain = known.model_copy(update={"minted": None, "signup": None, "login": None, "accounts": {}, "tokens": {}})
    return _fixed(users, plain) if kinds == {"fixedHeaders"} else _logged_in(users, plain)


def _values(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: cannot be read as a WFC file: {type(error).__name__}") from error
    if not isinstance(values, dict):
        raise ConfigurationError(f"{path}: expected a mapping with `auth`")
    return values


class _User:
    """One entry of `auth`, completed from the template."""

    def __init__(self, path: Path, index: int, entry: Mapping[str, Any], template: Mapping[str, Any]) -> None:
        self.path, self.index, self.entry, self.template = path, index, entry, template
        self.name = "".join(one if one.isalnum() and one.isascii() else "_" for one in str(entry.get("name", "")))
        if not self.name[:1].isalpha():
            self.name = f"user{index}"
        given = [key for key in ("fixedHeaders", "loginEndpointAuth") if self.get(key) is not None]
        if len(given) != 1:
            raise self.wrong("", "expected either fixedHeaders or loginEndpointAuth")
        self.kind = given[0]

    def get(self, *keys: str) -> Any:
        """Return a value of the entry, or else of the template."""
        return next((found for node in (self.entry, self.template) if (found := _at(node, keys)) is not None), None)

    def reference(self, *keys: str | int) -> str:
        """Return where a secret is, in this file."""
        holder = [key for key in keys[:2] if isinstance(key, str)]
        place = f"/auth/{self.index}" if _at(self.entry, holder) is not None else "/authTemplate"
        return f"file:{self.path.resolve()}#{place}/{'/'.join(str(key) for key in keys)}"

    def wrong(self, place: str, sentence: str) -> ConfigurationError:
        """Return an error about this entry."""
        return ConfigurationError(f"{self.path}: auth[{self.index}]{place}: {sentence}")


def _at(node: Any, keys: tuple[str, ...] | list[str]) -> Any:
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _fixed(users: list[_User], known: UsersSpec) -> UsersSpec:
    carriers, tokens = set(), {}
    for user in users:
        headers = user.get("fixedHeaders")
        if not isinstance(headers, list) or len(headers) != 1 or not isinstance(headers[0], dict):
            raise user.wrong(".fixedHeaders", "expected one header, the one that carries the credential")
        name, value = str(headers[0].get("name", "")), str(headers[0].get("value", ""))
        carriers.add((name, next((scheme for scheme in _SCHEMES if value.strip().startswith(scheme)), "")))
        tokens[user.name] = user.reference("fixedHeaders", 0, "value")
    if len(carriers) > 1:
        raise users[0].wrong(".fixedHeaders", "expected the same header, with the same scheme, for all users")
    name, scheme = carriers.pop()
    carrier = CredentialSpec(header=name, template=scheme + CREDENTIAL)
    return known.model_copy(update={"credential": carrier, "tokens": tokens})


def _logged_in(users: list[_User], known: UsersSpec) -> UsersSpec:
    logins, accounts = [], {}
    for user in users:
        fields, username, password = _payload(user)
        accounts[user.name] = Account(username=username, password=password)
        logins.append(
            (_operation(user), fields, str(user.get("loginEndpointAuth", "contentType") or "application/json"))
        )
    if any(one != logins[0] for one in logins):
        raise users[0].wrong(".loginEndpointAuth", "expected the same request for all users, but for name and password")
    operation, fields, media = logins[0]
    credential, carrier = _answer(users[0], known.credential)
    body = {"form": fields} if media.startswith(FORM) else {"json": fields}
    login = LoginSpec.model_validate({"operation": operation, "credential": credential, **body})
    return known.model_copy(update={"login": login, "accounts": accounts, "credential": carrier})


def _operation(user: _User) -> str:
    if user.get("loginEndpointAuth", "externalEndpointURL"):
        raise user.wrong(".loginEndpointAuth.externalEndpointURL", "only the host of the target is ever asked")
    path, verb = user.get("loginEndpointAuth", "endpoint"), str(user.get("loginEndpointAuth", "verb") or "POST")
    if not isinstance(path, str) or not path.startswith("/"):
        raise user.wrong(".loginEndpointAuth.endpoint", "expected a path")
    if user.get("loginEndpointAuth", "headers"):
        raise user.wrong(".loginEndpointAuth.headers", "expected name and password in the payload")
    return f"{verb.upper()} {path}"


def _payload(user: _User) -> tuple[dict[str, Any], str, str]:
    """Return the fields of the log-in with placeholders, the name, and where the password is."""
    given = user.get("loginEndpointAuth", "payloadUserPwd")
    if isinstance(given, dict):
        merged = {**(_at(user.template, ["loginEndpointAuth", "payloadUserPwd"]) or {}), **given}
        fields = {str(merged.get("usernameField")): "{username}", str(merged.get("passwordField")): "{password}"}
        password = user.reference("loginEndpointAuth", "payloadUserPwd", "password")
        return fields, str(merged.get("username", "")), password
    raw = user.get("loginEndpointAuth", "payloadRaw")
    sent = _fields(raw) if isinstance(raw, str) else {}
    texts = [key for key, value in sent.items() if isinstance(value, str)]
    secret = next((key for key in texts if any(word in key.lower() for word in _PASSWORDS)), None)
    name = next((key for key in texts if key != secret), None)
    if secret is None or name is None:
        raise user.wrong(".loginEndpointAuth", "expected payloadUserPwd, or a payloadRaw with a name and a password")
    reference = user.reference("loginEndpointAuth", "payloadRaw", secret)
    return {**sent, name: "{username}", secret: "{password}"}, str(sent[name]), reference


def _fields(raw: str) -> dict[str, Any]:
    """Return the fields of a payload, which is a JSON object or a form."""
    try:
        found = json.loads(raw)
    except ValueError:
        return dict(parse_qsl(raw))
    return found if isinstance(found, dict) else {}


def _answer(user: _User, known: CredentialSpec) -> tuple[str, CredentialSpec]:
    """Return where the answer to a log-in has the credential, and how it is carried then."""
    token = user.get("loginEndpointAuth", "token")
    if not isinstance(token, dict):
        return f"cookie:{known.cookie or '*'}", known
    place = str(token.get("extractSelector") or token.get("extractFromField") or "")
    if token.get("extractFrom") == "header":
        place = f"header:{place}"
    elif not place.startswith("/"):
        raise user.wrong(".loginEndpointAuth.token", "expected a JSON pointer to the token in the answer")
    name = str(token.get("sendName") or token.get("httpHeaderName") or "Authorization")
    template = str(token.get("sendTemplate") or "").replace("{token}", CREDENTIAL)
    template = template or str(token.get("headerPrefix") or "") + CREDENTIAL
    if token.get("sendIn") == "cookie":
        return place, CredentialSpec(header=None, cookie=name, template=CREDENTIAL)
    return place, CredentialSpec(header=name, template=template)
