"""Plan and run: from a scenario to a Run with its verdict."""

from harness.engine.judge import judge, parsed_gates
from harness.engine.opening import opened
from harness.engine.options import Options, Progress
from harness.engine.plan import Plan, make_plan
from harness.engine.run import dry_run, verify

__all__ = ["Options", "Plan", "Progress", "dry_run", "judge", "make_plan", "opened", "parsed_gates", "verify"]
