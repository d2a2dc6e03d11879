"""Which tests come by which lines, and what they take, so that those that can notice a change are run first."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Measured:
    """What a run without any change has told."""

    seconds: float
    tests: dict[str, float]
    """Seconds that each test takes."""
    lines: dict[str, dict[str, list[str]]]
    """The tests that come by each line of each module."""

    @classmethod
    def read(cls, path: Path) -> Measured:
        """What `measuring` has written."""
        return cls(**json.loads(path.read_text("utf-8")))


class _Measuring:
    def __init__(self, modules: list[Path], results: Path) -> None:
        self.modules, self.results = modules, results
        self.tests: dict[str, float] = defaultdict(float)
        self.now = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self) -> None:
        from coverage import Coverage

        self.coverage = Coverage(data_file=None, include=[str(path) for path in self.modules], config_file=False)
        self.coverage.set_option("run:disable_warnings", ["no-data-collected"])
        self.coverage.start()
        self._switch("")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._switch(item.nodeid)
        try:
            return (yield)
        finally:
            self._switch("")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
        before = self.now
        if fixturedef.scope != "function":  # what it comes by is nobody's alone
            self._switch("")
        try:
            return (yield)
        finally:
            self._switch(before)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.tests[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        data = self.coverage.get_data()
        lines = {str(path): data.contexts_by_lineno(str(path)) for path in self.modules}
        found = Measured(sum(self.tests.values()), dict(self.tests), lines)  # type: ignore[arg-type]
        self.results.write_text(json.dumps(asdict(found)), "utf-8")

    def _switch(self, context: str) -> None:
        self.now = context
        self.coverage.switch_context(context)


class _Covering:
    def __init__(self, seconds: dict[str, float], covering: set[str], most_seconds: float) -> None:
        self.seconds, self.covering, self.most_seconds = seconds, covering, most_seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        of_file: dict[Path, float] = defaultdict(float)
        for item in items:
            of_file[item.path] += self.seconds.get(item.nodeid, 0.0)
        # Files stay together, so that no fixture of a module is set up twice by the order.
        items.sort(
            key=lambda item: (
                item.nodeid not in self.covering,
                of_file[item.path],
                str(item.path),
                self.seconds.get(item.nodeid, 0.0),
            )
        )
        left = self.most_seconds
        for number, item in enumerate(items[1:], start=1):
            left -= self.seconds.get(item.nodeid, 0.0)
            if left < 0:
                del items[number:]
                break


def measuring(modules: list[Path], results: Path) -> object:
    """A plugin that writes down what tests take, and which of them come by which lines of the modules."""
    return _Measuring(modules, results)


def covering(measured: Measured, module: Path, line: int, most_seconds: float) -> object:
    """A plugin that runs the tests that come by a line, the quick ones first, then all others, as far as time goes."""
    lines = measured.lines[str(module)]
    nearest = max((int(one) for one in lines if int(one) <= line), default=0)
    return _Covering(measured.tests, {name for name in lines.get(str(nearest), ()) if name}, most_seconds)
