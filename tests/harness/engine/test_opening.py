"""Opening a session: secrets are hidden from the moment they are known, and must leave the scenario as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.engine.opening import open_session
from harness.errors import ConfigurationError
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from tests.harness.notebook import Notebook

LIMITED = TOML + '\n[limits]\nrequests = 20\nwindow = 40\nalgorithm = "token-bucket"\n'


async def test_a_credential_that_is_part_of_a_word_is_refused_before_it_costs_a_run(notebook: Notebook) -> None:
    """Hidden everywhere, it would make "token-bucket" another word, and the recorded scenario none."""
    session = open_session(options("http://127.0.0.1:1", notebook, text=LIMITED))
    try:
        session.introductions.vault.remember("a-token-of-bobs")
        with pytest.raises(ConfigurationError, match="give that user a longer, random one"):
            session.introductions.vault.remember("token-b")
    finally:
        await session.client.aclose()


async def test_a_credential_in_the_text_of_a_scenario_is_hidden_there(notebook: Notebook) -> None:
    """Where the scenario stays one without it, nothing is wrong with that."""
    known = options("http://127.0.0.1:1", notebook, text=f"# the token is hunter2hunter2\n{TOML}")
    session = open_session(known)
    try:
        session.introductions.vault.remember("hunter2hunter2")
        assert "hunter2hunter2" not in known.redactor.text(known.scenario_text)
    finally:
        await session.client.aclose()
