"""What usual formats and field names expect of a text."""

from __future__ import annotations

# Stands for the marker while a value is built: as long as one, of lower-case letters, digits and a hyphen.
SAMPLE = "mk0a1b2c3d4-e5f6a7b8c9d"
FORMATS = {
    "date-time": "2030-01-01T00:00:00Z",
    "date": "2030-01-01",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "email": f"{SAMPLE}@example.com",
    "idn-email": f"{SAMPLE}@example.com",
    "uri": f"https://example.com/{SAMPLE}",
    "url": f"https://example.com/{SAMPLE}",
    "uri-reference": f"https://example.com/{SAMPLE}",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "aGFybmVzcw==",
    "password": f"Aa1-{SAMPLE}",
}
# What services expect of a text of this name, where the document forgot to say so.
NAMED: tuple[tuple[str, str], ...] = (
    (r"e?mail(_?address)?$", FORMATS["email"]),
    (r"(ur[il]|link|website|homepage)$", FORMATS["uri"]),
    (r"(^|_)password", FORMATS["password"]),
    (r"(_at|date_?time|timestamp)$", FORMATS["date-time"]),
    (r"(^|_)date$", FORMATS["date"]),
    (r"(^|_)(language|locale|lang)$", "en"),
    (r"(^|_)country(_code)?$", "US"),
    (r"(^|_)currency(_code)?$", "USD"),
    (r"(^|_)(time_?zone|tz)$", "UTC"),
    (r"(^|_)phone(_number)?$", "+12025550143"),
    (r"colou?r$", "#336699"),
)
