"""`python -m tests.targets.projects`: serve the projects service."""

from __future__ import annotations

import sys

from tests.targets.common.command import main
from tests.targets.projects.app import SERVICE

if __name__ == "__main__":
    sys.exit(main(SERVICE))
