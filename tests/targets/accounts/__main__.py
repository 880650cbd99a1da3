"""`python -m tests.targets.accounts`: serve the accounts service."""

from __future__ import annotations

import sys

from tests.targets.accounts.app import SERVICE
from tests.targets.common.command import main

if __name__ == "__main__":
    sys.exit(main(SERVICE))
