"""What a failure of each Schemathesis check means to us: severity, and the weakness it shows."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from harness.model import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """How bad a failure of one check is, and the dotted name of the weakness that it shows.

    `advisory` is one that sound services fail too: it is told, and does not count.
    """

    severity: Severity
    weakness: str
    advisory: bool = False


# `object_level_authorization` is off: one user is fuzzed with, and the checks on isolation do better with two.
RULES = MappingProxyType(
    {
        "not_a_server_error": Rule(Severity.MEDIUM, "errors.server-error"),
        "status_code_conformance": Rule(Severity.MEDIUM, "contract.status"),
        "content_type_conformance": Rule(Severity.LOW, "contract.content-type"),
        "response_headers_conformance": Rule(Severity.LOW, "contract.headers"),
        "response_schema_conformance": Rule(Severity.MEDIUM, "contract.schema"),
        # Lenient in what it accepts is what many services are on purpose; no client breaks by it.
        "negative_data_rejection": Rule(Severity.LOW, "validation.accepts-invalid"),
        # A schema cannot say "a time in the future", and a form's `encoding` is not heeded by the generator.
        "positive_data_acceptance": Rule(Severity.INFO, "validation.rejects-valid", advisory=True),
        "missing_required_header": Rule(Severity.LOW, "validation.missing-header"),
        "unsupported_method": Rule(Severity.LOW, "contract.method"),
        "allow_header_conformance": Rule(Severity.LOW, "contract.method"),
        "use_after_free": Rule(Severity.HIGH, "integrity.delete"),
        "ensure_resource_availability": Rule(Severity.MEDIUM, "integrity.create"),
        "ignored_auth": Rule(Severity.CRITICAL, "authentication.missing"),
    }
)
UNKNOWN = Rule(Severity.MEDIUM, "contract.other")
WEAKNESSES = tuple(sorted({rule.weakness for rule in RULES.values() if not rule.advisory}))


def rule(check: str) -> Rule:
    """Return the rule for a check, a plain contract breach for one that a later release may add."""
    return RULES.get(check, UNKNOWN)
