"""Forgeries that are correctly signed and claim what the service must not accept (RFC 7519, section 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.tokens.material import Forgery, Material

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 86_400
_YEAR_9999 = 253_402_300_799


def _claim(weakness: str, name: str, title: str, forge: Callable[[Material], str | None]) -> Forgery:
    return Forgery(
        name=name, weakness=f"tokens.{weakness}", title=f"{title}, correctly signed", needs="key", forge=forge
    )


def _expired(m: Material, seconds: int) -> str | None:
    return m.claiming(exp=m.now - m.leeway - seconds)


def _audience(change: Callable[[str], object]) -> Callable[[Material], str | None]:
    """Change the audience where one is declared; a change that changes nothing does not apply."""

    def forge(m: Material) -> str | None:
        if m.audience is None or change(m.audience) == m.audience:
            return None
        return m.claiming(aud=change(m.audience))

    return forge


def _issuer(change: Callable[[str], object]) -> Callable[[Material], str | None]:
    def forge(m: Material) -> str | None:
        if m.issuer is None or change(m.issuer) == m.issuer:
            return None
        return m.claiming(iss=change(m.issuer))

    return forge


def _other_slash(issuer: str) -> str:
    return issuer.removesuffix("/") if issuer.endswith("/") else f"{issuer}/"


def _long(m: Material, expiry: float, **claims: object) -> str | None:
    if m.max_lifetime is None or expiry - m.now <= m.max_lifetime + m.leeway:
        return None
    return m.claiming(exp=expiry, **claims)


def _far(m: Material) -> int:
    return m.now + max(30 * DAY, 4 * (m.max_lifetime or 0))


def _undated(m: Material) -> str | None:
    if m.max_lifetime is None or "iat" not in m.claims:
        return None
    claims = {name: value for name, value in m.claims.items() if name != "iat"}
    return m.resigned(claims={**claims, "exp": _far(m)})


CLAIMS: tuple[Forgery, ...] = (
    _claim("expiry", "expired-minute", "expired a minute ago", lambda m: _expired(m, 60)),
    _claim(
        "expiry",
        "expired-moment",
        "expired ten seconds more than the declared leeway ago",
        lambda m: _expired(m, 10) if m.leeway else None,
    ),
    _claim(
        "expiry",
        "expired-text",
        "expired a minute ago, by a text of digits",
        lambda m: m.claiming(exp=str(m.now - m.leeway - 60)),
    ),
    _claim("expiry", "expired-day", "expired a day ago", lambda m: _expired(m, DAY)),
    _claim("expiry", "expired-epoch", "expired in 1970, at second 0", lambda m: m.claiming(exp=0)),
    _claim("expiry", "expired-negative", "expired before 1970", lambda m: m.claiming(exp=-1)),
    _claim("expiry-required", "expiry-missing", "without an expiry", lambda m: m.without("exp")),
    _claim("expiry-required", "expiry-null", "with an expiry of null", lambda m: m.claiming(exp=None)),
    _claim("expiry-required", "expiry-word", 'with the word "never" as expiry', lambda m: m.claiming(exp="never")),
    _claim("expiry-required", "expiry-empty", "with an empty string as expiry", lambda m: m.claiming(exp="")),
    _claim("expiry-required", "expiry-list", "with an empty list as expiry", lambda m: m.claiming(exp=[])),
    _claim(
        "not-before",
        "not-before-hour",
        "not valid before an hour from now",
        lambda m: m.claiming(nbf=m.now + m.leeway + 3600),
    ),
    _claim(
        "not-before",
        "not-before-minute",
        "not valid before two minutes from now",
        lambda m: m.claiming(nbf=m.now + m.leeway + 120),
    ),
    _claim(
        "not-before", "not-before-day", "not valid before tomorrow", lambda m: m.claiming(nbf=m.now + m.leeway + DAY)
    ),
    _claim("audience", "audience-missing", "without an audience", lambda m: m.without("aud") if m.audience else None),
    _claim("audience", "audience-other", "for another audience", _audience(lambda _: "https://other.invalid")),
    _claim(
        "audience",
        "audience-list-other",
        "for a list of other audiences",
        _audience(lambda _: ["https://other.invalid"]),
    ),
    _claim("audience", "audience-list-empty", "for an empty list of audiences", _audience(lambda _: [])),
    _claim("audience", "audience-empty", "for an empty audience", _audience(lambda _: "")),
    _claim("audience", "audience-null", "for an audience of null", _audience(lambda _: None)),
    _claim(
        "audience",
        "audience-longer",
        "for an audience that begins with the right one",
        _audience(lambda own: f"{own}-evil"),
    ),
    _claim(
        "audience",
        "audience-ending",
        "for an audience that ends with the right one",
        _audience(lambda own: f"evil-{own}"),
    ),
    _claim(
        "audience",
        "audience-shorter",
        "for an audience that is a part of the right one",
        _audience(lambda own: own[:-1]),
    ),
    _claim("audience", "audience-case", "for the right audience in another case", _audience(str.swapcase)),
    _claim(
        "audience",
        "audience-list-longer",
        "for a list with an audience that begins with the right one",
        _audience(lambda own: [f"{own}-evil"]),
    ),
    _claim("issuer", "issuer-missing", "without an issuer", lambda m: m.without("iss") if m.issuer else None),
    _claim("issuer", "issuer-other", "by another issuer", _issuer(lambda _: "https://other.invalid")),
    _claim("issuer", "issuer-empty", "by an empty issuer", _issuer(lambda _: "")),
    _claim("issuer", "issuer-null", "by an issuer of null", _issuer(lambda _: None)),
    _claim("issuer", "issuer-slash", "by the right issuer with a slash more or less at its end", _issuer(_other_slash)),
    _claim("issuer", "issuer-case", "by the right issuer in another case", _issuer(str.swapcase)),
    _claim(
        "issuer",
        "issuer-longer",
        "by an issuer that begins with the right one",
        _issuer(lambda own: f"{own}.evil.invalid"),
    ),
    _claim(
        "issuer",
        "issuer-ending",
        "by an issuer that ends with the right one",
        _issuer(lambda own: f"https://evil.invalid/{own}"),
    ),
    _claim("issuer", "issuer-shorter", "by an issuer that is a part of the right one", _issuer(lambda own: own[:-1])),
    _claim("issuer", "issuer-list", "by a list that holds the right issuer", _issuer(lambda own: [own])),
    _claim("subject", "subject-missing", "without a subject", lambda m: m.without("sub")),
    _claim("subject", "subject-empty", "with an empty subject", lambda m: m.claiming(sub="")),
    _claim("subject", "subject-null", "with a subject of null", lambda m: m.claiming(sub=None)),
    _claim("subject", "subject-zero", "with the number 0 as subject", lambda m: m.claiming(sub=0)),
    _claim("subject", "subject-false", "with false as subject", lambda m: m.claiming(sub=False)),
    _claim("subject", "subject-list", "with an empty list as subject", lambda m: m.claiming(sub=[])),
    _claim("subject", "subject-object", "with an empty object as subject", lambda m: m.claiming(sub={})),
    _claim("lifetime", "lifetime-month", "valid for far longer than declared", lambda m: _long(m, _far(m))),
    _claim("lifetime", "lifetime-huge", "valid until 1e20", lambda m: _long(m, 1e20)),
    _claim("lifetime", "lifetime-year-9999", "valid until the end of the year 9999", lambda m: _long(m, _YEAR_9999)),
    _claim(
        "lifetime",
        "lifetime-text",
        "valid for far longer than declared, by a text of digits",
        lambda m: m.claiming(exp=str(_far(m))) if _long(m, _far(m)) else None,
    ),
    _claim("lifetime", "lifetime-undated", "valid for far longer than declared, without saying since when", _undated),
    _claim(
        "lifetime",
        "lifetime-postdated",
        "valid far too long, yet issued in the future so that its life looks short",
        lambda m: _long(m, _far(m) + 3600, iat=_far(m)),
    ),
)
