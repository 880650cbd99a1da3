"""`pytest -p harness.pytest_plugin`: one run of the engine, in which each check is an item that awaits its result."""

from __future__ import annotations

import secrets
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.config import Config as PytestConfig

from harness import registry
from harness.commands import target as targets
from harness.commands.starting import VerifyRequest
from harness.engine.plan import every_check
from harness.engine.preflight import CHECK as PREFLIGHT
from harness.errors import HarnessError
from harness.evidence.bundle import read_bundle
from harness.model import Decision, Outcome, Waiver
from harness.pytest_plugin import telling
from harness.pytest_plugin.background import Background

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from harness.model import Check, Exchange, Result

NAME = "harness-verification"
REASONS = 5
OPTIONS = {
    "url": {"metavar": "URL", "help": "base URL of the target; by default that of the scenario"},
    "scenario": {"metavar": "FILE", "help": "what is known of the target; switches the plugin on"},
    "serve": {"action": "store_true", "help": "start the service by the command of the scenario first"},
    "flaws": {"default": "", "metavar": "NAMES", "help": "with --harness-serve: seeded flaws to switch on"},
    "user": {"action": "append", "default": [], "metavar": "NAME=env:VAR", "help": "a user; give two"},
    "only": {"action": "append", "default": [], "metavar": "CHECK", "help": "check or family of checks to collect"},
    "allow": {"action": "append", "default": [], "metavar": "WHAT", "help": "load, drain or production"},
    "read-only": {"action": "store_true", "help": "send nothing that could write"},
    "profile": {"default": "quick", "metavar": "NAME", "help": "quick, ci or full"},
    "seed": {"type": int, "metavar": "NUMBER", "help": "repeats the choices of an earlier run"},
    "key": {"type": Path, "metavar": "FILE", "help": "Ed25519 private key (PEM) that signs the bundle"},
    "artifacts": {"type": Path, "default": Path("artifacts"), "metavar": "FOLDER", "help": "where bundles land"},
}


class Inconclusive(Exception):
    """Nothing is known of a check, which pytest counts as an error."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `harness verify` takes, with --harness- before it."""
    group = parser.getgroup("harness", "harness: verify a multi-user HTTP API")
    for name, about in OPTIONS.items():
        group.addoption(f"--harness-{name}", **about)  # type: ignore[arg-type]  # a table of keyword arguments


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read what is asked for; raises UsageError before anything is sent."""
    if config.getoption("harness_scenario") is None:
        if any(config.getoption(f"harness_{name}") for name in ("url", "serve", "user", "only")):
            raise pytest.UsageError(
                "--harness-scenario FILE is missing; `harness init URL -o FILE` writes one for a target"
            )
        return
    if config.getoption("numprocesses", None) or config.getoption("dist", "no") != "no":
        raise pytest.UsageError(
            "the harness runs once, concurrently by itself, and cannot be distributed: leave out -n and --dist"
        )
    try:
        plugin = Verification(config)
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(plugin, NAME)


class Verification:
    """The checks of a session, and the run that they await."""

    def __init__(self, config: pytest.Config) -> None:
        self.scenario = Path(config.getoption("harness_scenario")).resolve()
        known = targets.with_users(targets.load(self.scenario).scenario, config.getoption("harness_user"))
        self.waivers = tuple(Waiver(**each.model_dump()) for each in known.waivers)
        self.only: tuple[str, ...] = tuple(config.getoption("harness_only"))
        self.checks = (PREFLIGHT, *registry.select(every_check(), only=self.only))
        self.background: Background | None = None
        self.config = config
        self._collect_scenario()

    def _collect_scenario(self) -> None:
        """Collect the scenario besides what was named; alone, where nothing was."""
        config, named = self.config, [Path(each.partition("::")[0]).resolve() for each in self.config.args]
        if config.args_source is not PytestConfig.ArgsSource.ARGS:
            config.args, config.args_source = [str(self.scenario)], PytestConfig.ArgsSource.ARGS
        elif self.scenario not in named:
            config.args.append(str(self.scenario))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Take the scenario for a file of tests."""
        return ScenarioFile.from_parent(parent, path=file_path) if file_path == self.scenario else None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Plan a run of what is left after -k, -m and --deselect."""
        left = list(dict.fromkeys(item.check for item in session.items if isinstance(item, CheckItem)))
        if left == [PREFLIGHT]:
            raise pytest.UsageError(f"{PREFLIGHT.id} is part of every run, but no check by itself; select another too")
        asked = [check.id for check in left if check is not PREFLIGHT]
        only = self.only if len(left) == len(self.checks) else asked
        self.background = Background(self._request(only), left) if left else None

    def _request(self, only: Sequence[str]) -> VerifyRequest:
        option = self.config.getoption
        seed = option("harness_seed")
        return VerifyRequest(
            url=option("harness_url"),
            scenario=self.scenario,
            users=tuple(option("harness_user")),
            document=None,
            profile=option("harness_profile"),
            seed=secrets.randbelow(10**6) if seed is None else seed,
            only=tuple(only),
            skip=(),
            allowed=frozenset(option("harness_allow")) | ({"read-only"} if option("harness_read_only") else set()),
            serve=option("harness_serve"),
            flaws=option("harness_flaws"),
            dry_run=False,
            json=False,
            key=option("harness_key"),
            artifacts=option("harness_artifacts"),
            command=shlex.join(["pytest", *map(str, self.config.invocation_params.args)]),
        )

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put sentences in place of tracebacks; only a bug of the plugin has one."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if isinstance(item, CheckItem) and isinstance(error, (Inconclusive, pytest.fail.Exception)):
            report.longrepr = telling.told(str(error), item.nodeid)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Wait for the bundle; a verdict against the build fails a session whose items all passed."""
        if self.background is None:
            return
        self.background.finish()
        run = self.background.run
        complete = self.only == () and len(self.background.checks) == len(self.checks)
        against = {Decision.NO_GO, Decision.HOLD} if complete else {Decision.NO_GO}
        if run is not None and run.verdict.decision in against and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the run decided, and where the evidence is."""
        bundle = self.background.bundle if self.background else None
        if bundle is None:
            return
        verdict = read_bundle(bundle).run.verdict
        terminalreporter.section("harness")
        terminalreporter.line(f"VERDICT  {verdict.decision}")
        for reason in verdict.reasons[:REASONS]:
            terminalreporter.line(f"  {reason}")
        terminalreporter.line(f"evidence {bundle}/   verify with: harness inspect {bundle}")


class ScenarioFile(pytest.File):
    """A scenario, as the place where its checks are."""

    def collect(self) -> Iterator[pytest.Item]:
        """Return an item for each check."""
        for check in _plugin(self.config).checks:
            yield CheckItem.from_parent(self, name=check.id, check=check)


class CheckItem(pytest.Item):
    """A check: passes, fails or skips as its result does, and is an error where nothing is known."""

    def __init__(self, *, check: Check, **about: object) -> None:
        super().__init__(**about)  # type: ignore[arg-type]  # whatever pytest hands to a node
        self.check = check
        self.add_marker(pytest.mark.filterwarnings("ignore"))  # filters are those of the process, the run's thread too
        self.told: tuple[Result, tuple[Exchange, ...]] | None = None

    def setup(self) -> None:
        """Wait for the result; raises Inconclusive where it says nothing."""
        background = _plugin(self.config).background
        assert background is not None  # noqa: S101 -- there is one as soon as there are items
        try:
            self.told = background.result(self.check)
        except HarnessError as error:
            pytest.exit(f"harness: {error}", returncode=error.exit_code)
        if self.told[0].outcome in telling.OPEN:
            raise Inconclusive(telling.open_question(self.told[0]))

    def runtest(self) -> None:
        """Fail with the findings, or skip with the reason."""
        assert self.told is not None  # noqa: S101 -- set up
        result, _ = self.told
        if result.outcome is Outcome.SKIPPED:
            raise pytest.skip.Exception(telling.why_skipped(result), _use_item_location=True)
        found = telling.findings(result, _plugin(self.config).waivers)
        if found and all(each.waiver is not None for each in found):
            pytest.xfail("; ".join(f"{each.id} is waived: {each.waiver.reason}" for each in found if each.waiver))
        if found:
            pytest.fail(telling.failure(found), pytrace=False)

    def teardown(self) -> None:
        """Tell Allure, where it listens."""
        if self.told is not None and self.config.pluginmanager.hasplugin("allure_listener"):
            telling.tell_allure(self.check, *self.told)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the item is."""
        return self.path, 0, self.check.id


def _plugin(config: pytest.Config) -> Verification:
    plugin = config.pluginmanager.get_plugin(NAME)
    assert isinstance(plugin, Verification)  # noqa: S101 -- collected by it
    return plugin
