"""Orders in a Parquet file become one row an account, beside a bare scan, Polars and `lifetimes`.

Each piece of work runs in a process of its own, which tells its time and its peak memory. Targets
are judged by processor time, which hardly grows while other programs keep the machine busy; the
clock on the wall is told beside it. The file is in order of time, as a log is, and a few accounts
order much more often than most: of one day, 8 % of the orders have company.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from clock import readable

ROWS, LARGE_ROWS, DAYS = 10_000_000, 100_000_000, 728
ROWS_AN_ACCOUNT = 10
RUNS = 5
SCAN_TARGET, PEER_TARGET, MEMORY_TARGET, LARGE_TARGET = 6.0, 4.0, 0.5, 4.0
GIGABYTE = 1e9

MAKE = """
import duckdb
connection = duckdb.connect(config={{"memory_limit": "2GB", "threads": 2}})
connection.execute(
    '''copy (
      select 'C' || lpad(floor({accounts} * pow((hash(2 * i + 1) >> 11) / 9007199254740992.0, 3))
               ::bigint::varchar, 8, '0') as account_id,
             date '2023-01-02' + (i * {days} // {rows})::int as ordered_on,
             (1000 + (hash(11 * i + 5) % 9000000)::bigint) / 100.0::double as amount
      from range({rows}) t(i)
    ) to '{path}' (format parquet)'''
)
"""
SCAN = """
from kamlab.accounts.orders.files import embedded
context = embedded()
connection = context.__enter__()
def work():
    return connection.execute(
        "select sum(hash(account_id)), min(ordered_on), sum(amount) from '{path}'"
    ).fetchall()
"""
KAMLAB = """
import kamlab as kl
kl.summarise_transactions
def work():
    return kl.summarise_transactions("{path}", period="{period}", per="{per}")
"""
POLARS = """
import kamlab as kl, polars as pl
kl.summarise_transactions
def work():
    return kl.summarise_transactions(pl.scan_parquet("{path}"), period="{period}", per="{per}")
"""
LIFETIMES = """
import warnings
warnings.simplefilter("ignore")
import pandas as pd
from lifetimes.utils import summary_data_from_transaction_data as summarise
def work():
    orders = pd.read_parquet("{path}")
    orders["ordered_on"] = pd.to_datetime(orders["ordered_on"])
    return summarise(orders, "account_id", "ordered_on", "amount", freq="D")
"""
MEASURE = """
import json, resource, time
from time import perf_counter, process_time
for _ in range({warm}):
    work()
wall, processor = perf_counter(), process_time()
made = work()
wall, processor = perf_counter() - wall, process_time() - processor
peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps(dict(wall=wall, processor=processor, peak=peak, rows=len(made))))
"""


@dataclass(frozen=True)
class Measured:
    """Seconds on the wall and of processors, bytes at the peak, and rows that came out."""

    wall: float
    processor: float
    peak: float
    rows: int

    def __str__(self) -> str:
        """Return it as one piece of a line."""
        times = f"{readable(self.processor)} of processors ({readable(self.wall)} on the wall)"
        return f"{times}, {self.peak / GIGABYTE:.2f} GB, {self.rows:,} rows"


def compare() -> None:
    """Print one line a way of summarising ten million orders."""
    with orders(ROWS) as path:
        scan = measured(SCAN.format(path=path))
        print(f"bare DuckDB scan of {ROWS:,} orders: {scan}")
        ways = {"kamlab, accounts, days": (KAMLAB, "D", "account")}
        ways["kamlab, accounts, weeks"] = (KAMLAB, "W", "account")
        ways["kamlab, histories, weeks"] = (KAMLAB, "W", "history")
        if find_spec("polars"):
            ways["kamlab on Polars, accounts, days"] = (POLARS, "D", "account")
        found = {}
        for name, (code, period, per) in ways.items():
            found[name] = measured(code.format(path=path, period=period, per=per))
            print(f"{name}: {found[name]}; {against(found[name], scan)}")
        ours = found["kamlab, accounts, days"]
        if find_spec("lifetimes") is None:
            print("lifetimes left out: it is not installed (`make bench` installs it)")
            return
        peer = measured(LIFETIMES.format(path=path), runs=1)
        faster, memory = peer.processor / ours.processor, ours.peak / peer.peak
        print(
            f"lifetimes, accounts, days, with pandas.read_parquet: {peer}; kamlab is "
            f"{faster:.1f}x faster (target {PEER_TARGET:g}x {verdict(faster >= PEER_TARGET)}), on "
            f"the wall {peer.wall / ours.wall:.1f}x, with "
            f"{memory:.2f} of its memory (target {MEMORY_TARGET:g} "
            f"{verdict(memory <= MEMORY_TARGET)})"
        )


def compare_large() -> None:
    """Print how long a hundred million orders take, and how much memory."""
    with orders(LARGE_ROWS) as path:
        size = path.stat().st_size / GIGABYTE
        scan = measured(SCAN.format(path=path), runs=1)
        print(f"bare DuckDB scan of {LARGE_ROWS:,} orders ({size:.1f} GB of Parquet): {scan}")
        for period, per in (("D", "account"), ("W", "history")):
            code = KAMLAB.format(path=path, period=period, per=per)
            ours = measured(code, runs=1, warm=0)
            small = verdict(ours.peak <= LARGE_TARGET * GIGABYTE)
            scans = ours.processor / scan.processor
            print(
                f"kamlab, {per}, {period}: {ours}; {scans:.1f}x the scan, memory target "
                f"{LARGE_TARGET:g} GB {small}"
            )


@contextmanager
def orders(rows: int) -> Iterator[Path]:
    """Make a file of orders, which is gone after the `with` block."""
    with tempfile.TemporaryDirectory(prefix="kamlab-bench-") as folder:
        path = Path(folder, "orders.parquet")
        accounts = rows // ROWS_AN_ACCOUNT
        python(MAKE.format(accounts=accounts, days=DAYS, rows=rows, path=path))
        yield path


def measured(code: str, runs: int = RUNS, warm: int = 1) -> Measured:
    """Return the run with the median time; each runs in a process of its own."""
    found = []
    for _ in range(runs):
        told = json.loads(python(code + MEASURE.format(warm=warm)).splitlines()[-1])
        found.append(Measured(**told))
    middle = median(one.processor for one in found)
    return min(found, key=lambda one: abs(one.processor - middle))


def python(code: str) -> str:
    """Run code in a fresh interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout


def against(ours: Measured, scan: Measured) -> str:
    """Return how many scans it takes, by both clocks."""
    ratio, on_the_wall = ours.processor / scan.processor, ours.wall / scan.wall
    return (
        f"{ratio:.1f}x the scan (target {SCAN_TARGET:g}x {verdict(ratio <= SCAN_TARGET)}), "
        f"{on_the_wall:.1f}x on the wall"
    )


def verdict(reached: bool) -> str:
    """Return whether a target is reached."""
    return "reached" if reached else "MISSED"
