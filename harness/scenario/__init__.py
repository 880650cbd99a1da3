"""From a TOML file to a Scenario: every error carries the file and the key path."""

from harness.scenario.load import amended, load_scenario, parse_scenario, scenario_schema
from harness.scenario.schema import Scenario
from harness.scenario.write import write_scenario

__all__ = ["Scenario", "amended", "load_scenario", "parse_scenario", "scenario_schema", "write_scenario"]
