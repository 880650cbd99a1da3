"""Stock Locust: `python -m benchmarks.fast_http_user URL RATE SECONDS` prints requests and CPU seconds."""

from __future__ import annotations

import json
import sys
import time

import gevent  # type: ignore[import-untyped]
from locust import FastHttpUser, constant_throughput, task
from locust.env import Environment

_USERS = 16


class Stock(FastHttpUser):
    """A Locust user as its documentation shows it."""

    @task
    def get(self) -> None:
        """Send one request and wait for the answer."""
        self.client.get("/")


def main(url: str, rate: float, seconds: float) -> None:
    """Run the users, and measure once all have been started."""
    Stock.host, Stock.wait_time = url, constant_throughput(rate / _USERS)
    environment = Environment(user_classes=[Stock])
    runner = environment.create_local_runner()
    runner.start(user_count=_USERS, spawn_rate=_USERS)
    gevent.sleep(0.5)
    requests, used = environment.stats.total.num_requests, time.process_time()
    gevent.sleep(seconds)
    spent = time.process_time() - used
    print(json.dumps([environment.stats.total.num_requests - requests, spent]))
    runner.quit()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
