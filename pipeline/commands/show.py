"""What a person sees of a run on a terminal: live progress, and the summary."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Column

from ..input.inputs import absolute_input, find_inputs
from ..input.splits import weigh_files
from ..job.progress import Progress, work_of_pass
from ..output.manifest import TIMING
from ..output.surges import Surge, SurgeWatch, watched_steps
from ..steps.plan import Plan
from .printable import printable

RULES_SHOWN = 3
SECONDS_BETWEEN_LINES = 10.0
"""How often a run whose output is not a terminal says how far it is."""

TELLING_BYTES = 20_000_000
"""Text from which on it says something which step was slowest; before, it is the one that had most to compile."""


class RunDisplay:
    """Shows a run: a live bar on a terminal, a plain line now and then elsewhere, nothing when quiet."""

    def __init__(self, plan: Plan, *, warn_after_documents: int, quiet: bool) -> None:
        self.plan, self.quiet = plan, quiet
        self.watch = SurgeWatch(watched_steps(plan), warn_after_documents)
        self.console = Console(stderr=True, highlight=False)
        self.started = self.last_line = time.monotonic()
        self.total_work = 0
        self.latest = Progress()
        self._bar: Bar | None = None
        self._task: Any = None

    @contextmanager
    def watching(self, inputs: Sequence[str]) -> Iterator[None]:
        """Show progress while the block runs; a split counts once for each of its passes."""
        if self.quiet:
            yield
            return
        input_bytes = sum(weigh_files(find_inputs([absolute_input(given) for given in inputs])))
        self.total_work = sum(work_of_pass(number, input_bytes) for number in range(len(self.plan.passes)))
        if not self.console.is_terminal:
            yield
            return
        one_line = Column(no_wrap=True, overflow="ellipsis", ratio=3)
        columns = (
            BarColumn(bar_width=None, table_column=Column(ratio=1, min_width=8)),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[left]}"),
            TextColumn("{task.description}", table_column=one_line, markup=False),
        )
        with Bar(*columns, console=self.console, transient=True, expand=True) as self._bar:
            self._task = self._bar.add_task("starting", total=max(self.total_work, 1), left="")
            yield

    def update(self, progress: Progress) -> None:
        """Show how far the run is."""
        if self.quiet:
            return
        self.latest = progress
        if self._bar is not None:
            done = min(progress.work_done, max(self.total_work, 1))
            self._bar.update(self._task, completed=done, left=self._left(), description=self._line())
        elif time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES:
            self.last_line = time.monotonic()
            left = self._left()
            print(f"{self._line()}{', ' if left else ''}{left}", file=sys.stderr)
        seen = {step: totals.documents for step, totals in progress.steps.items()}
        for surge in self.watch.update(seen, progress.removed):
            self.console.print(f"warning: {surge}", soft_wrap=True)

    def _line(self) -> str:
        """What is known, the most important first: a narrow terminal cuts the end off."""
        progress, seconds = self.latest, max(time.monotonic() - self.started, 0.001)
        if not progress.documents:
            why = " (the first run compiles the text kernels)" if progress.is_compiling else ""
            return f"starting, {_duration(seconds)}{why}"
        line = f"{counted(progress.documents, 'document')}, {_speed(progress.documents, progress.text_bytes, seconds)}"
        return f"{line}, {progress.kept / progress.documents:.0%} kept so far{self._stage()}{self._removals()}"

    def _left(self) -> str:
        """How long it will take, as far as that can be told."""
        done, seconds = self.latest.work_done, time.monotonic() - self.started
        if not done or self.total_work <= done:
            return ""
        return f"about {_duration(seconds * (self.total_work - done) / done)} left"

    def _stage(self) -> str:
        """Where the run is: the pass with the step that ends it, or what comes behind."""
        number, passes = self.latest.current_pass(), self.plan.passes
        if self.latest.shards:
            return f", {counted(self.latest.shards, 'shard')} written"
        if number is None:
            return ""
        if number >= len(passes):
            return ", planning shards"
        ends = f" up to {last.id}" if (last := passes[number].deduplicator) is not None else ""
        done = self.latest.splits_done[str(number)]
        return f", pass {number + 1} of {len(passes)}{ends} ({done} of {self.latest.splits} splits)"

    def _removals(self) -> str:
        """The rules that remove most. Not as shares: a resumed run counts only what it has read itself."""
        most = [(rule, count) for rule, count in self.latest.removed.most_common(RULES_SHOWN) if count]
        return "; removed " + ", ".join(f"{count:,} by {rule}" for rule, count in most) if most else ""

    def summary(self, manifest: Mapping[str, Any], output: str) -> None:
        """Print where the shards are and what happened to the documents."""
        totals, out = manifest["totals"], Console(highlight=False, soft_wrap=True)
        seconds = max(time.monotonic() - self.started, 0.001)
        out.print(
            f"{counted(totals['read'], 'document')} read: {totals['kept']:,} kept, {totals['removed']:,} removed, "
            f"{totals['quarantined']:,} quarantined"
        )
        print_aligned(list(_table(manifest)), right=(1, 2, 3))
        shards = counted(len(manifest["shards"]), "shard")
        out.print(f"{shards}, {_duration(seconds)}, {_speed(totals['read'], totals['bytes_read'], seconds)}")
        timing = manifest[TIMING]
        for row in timing["steps"]:
            if row["step"] == timing["slowest_step"] and totals["bytes_read"] >= TELLING_BYTES:
                speed = f"{row['mb_per_second']} MB/s in a worker, {row['share']:.0%} of the work"
                out.print(f"slowest step: {row['step']}, {speed}")
        for row in manifest.get("notices", ()):
            self.console.print(f"note: {row['notice']}", soft_wrap=True, markup=False)
        for surge in manifest["warnings"]:
            self.console.print(f"warning: {Surge(**surge)}", soft_wrap=True)
        for label, name in (
            ("shards", "shards/"),
            ("why each document was kept or dropped", "ledger/"),
            ("what happened, to look at", "report.html"),
        ):
            out.print(f"  {output.rstrip('/')}/{name:12} {label}")


def _table(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What was read, what each rule took away, and what is left: documents, text, tokens."""
    totals = manifest["totals"]
    yield ("", "documents", "MB", "tokens" if totals["tokens"] else "")
    yield ("read", f"{totals['read']:,}", _megabytes(totals["bytes_read"]), "")
    if totals["quarantined"]:
        yield ("quarantined", f"-{totals['quarantined']:,}", "", "")
    for row in manifest["funnel"]:
        if row["documents"]:
            yield (f"{row['step']}.{row['rule']}", f"-{row['documents']:,}", f"-{_megabytes(row['bytes'])}", "")
    tokens = f"{totals['tokens']:,}" if totals["tokens"] else ""
    yield ("kept", f"{totals['kept']:,}", _megabytes(totals["bytes_kept"]), tokens)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.3f}" if count < 100e6 else f"{count / 1e6:,.0f}"


def _speed(documents: int, text_bytes: int, seconds: float) -> str:
    """Megabytes a second, or documents where that says nothing."""
    rate = text_bytes / seconds / 1e6
    return f"{rate:.1f} MB/s of text" if rate >= 1 else f"{documents / seconds:,.0f} documents/s"


def counted(number: int, what: str) -> str:
    """So many of something."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def print_aligned(rows: Sequence[Sequence[str]], right: tuple[int, ...] = ()) -> None:
    """Print a table whose cells are never cut; where a terminal is too narrow, names have lines of their own."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    is_narrow = 0 not in right and sys.stdout.isatty() and sum(widths) + 2 * len(widths) > get_terminal_size().columns
    if is_narrow:
        widths[0] = 2
    for row in rows:
        cells = [
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        if is_narrow:
            print(f"  {row[0]}")
            cells[0] = " " * widths[0]
        if any(row[1:]) or not is_narrow:
            print(("  " + "  ".join(cells)).rstrip())


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s" if seconds < 10 else f"{rest} s"
