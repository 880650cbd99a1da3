"""Every way a run can stop that is not a verdict.

HarnessError
├── ConfigurationError   a scenario, option, document or token file is wrong     exit 4
├── NothingToTest        the plan is empty before any request                   exit 5
├── RefusedForSafety     what was asked is not safe on this target              exit 11
├── OutOfScope           a request would leave the pinned target or its scope   (never sent)
│   └── NotOnProduction  it might change what real users have                   (never sent)
├── OutOfReach           what was offered beside HTTP cannot be used            (nothing is known then)
└── BudgetExhausted      the run has no requests or no time left                (never sent)
    └── TargetFailing    the target fails so often that the run stops by itself (never sent)
"""

from __future__ import annotations


class HarnessError(Exception):
    """A stop with a sentence for the user: what was expected, what was found, where, and what to do.

    `exit_code` is the process exit code that a command line should end with.
    """

    exit_code = 3


class ConfigurationError(HarnessError):
    """Input of the user cannot be used as it is."""

    exit_code = 4


class NothingToTest(HarnessError):
    """No check can be planned from what was given."""

    exit_code = 5


class RefusedForSafety(HarnessError):
    """The run would do something that needs an explicit permission."""

    exit_code = 11


class OutOfScope(HarnessError):
    """A request does not belong to the pinned target; it has not been sent."""


class NotOnProduction(OutOfScope):
    """A request might change what this run has not created, where real users are; it has not been sent."""


class OutOfReach(HarnessError):
    """A process, database or log that was offered cannot be used as it would have to be."""


class BudgetExhausted(HarnessError):
    """The budget of requests or of time is used up; the request has not been sent."""


class TargetFailing(BudgetExhausted):
    """The target started to fail, so the run stops by itself; the request has not been sent."""
