"""What a person sees in the terminal: progress while a run goes on, and the verdict from the verified bundle."""

from harness.console.progress import Progress
from harness.console.summary import show_plan, show_verdict

__all__ = ["Progress", "show_plan", "show_verdict"]
