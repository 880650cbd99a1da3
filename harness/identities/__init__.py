"""Where users come from: signed by us, made by sign-up, logged in, or given as tokens."""

from harness.identities.credentials import carried, claims_of, extract, subject_of
from harness.identities.double_submit import proof_of
from harness.identities.introductions import NAMES, Introductions, UserRefused
from harness.identities.minting import Minter
from harness.identities.renewal import Renewals
from harness.identities.strangers import NO_CREDENTIAL, RANDOM_CREDENTIAL, credentials_of_nobody
from harness.identities.vault import Vault

__all__ = [
    "NAMES",
    "NO_CREDENTIAL",
    "RANDOM_CREDENTIAL",
    "Introductions",
    "Minter",
    "Renewals",
    "UserRefused",
    "Vault",
    "carried",
    "claims_of",
    "credentials_of_nobody",
    "extract",
    "proof_of",
    "subject_of",
]
