"""List prices of Dataflow, by hand."""

import pytest

from textmill.pipeline.estimating.costs import MACHINES, dataflow_costs


def test_an_hour_of_a_core_by_machine() -> None:
    costs = {one.machine: one for one in dataflow_costs(3600, 0, 4e9)}
    assert costs.keys() == MACHINES.keys()
    assert {one.vcpu_hours for one in costs.values()} == {1.0}
    # A vCPU, its share of the memory, and its share of a boot disk of 25 GB.
    assert costs["e2-standard-4"].dollars == pytest.approx(0.056 + 0.003557 * 4 + 0.000054 * 25 / 4)
    assert costs["n2-highmem-8"].dollars == pytest.approx(0.056 + 0.003557 * 8 + 0.000054 * 25 / 8)
    assert costs["n2-highcpu-16"].dollars == pytest.approx(0.056 + 0.003557 + 0.000054 * 25 / 16)


def test_hashes_of_documents_are_shuffled_at_a_price() -> None:
    costs = dataflow_costs(0, 1e9, 1e9)
    assert [one.dollars for one in costs] == pytest.approx([250 * 0.011] * len(costs))  # 250 bytes a document


def test_which_machines_hold_a_process_for_each_vcpu() -> None:
    fitting = {one.machine for one in dataflow_costs(1, 1, 4e9) if one.fits}
    assert fitting == {"e2-standard-4", "n1-highmem-4", "n2-standard-8", "n2-highmem-8"}
    assert {one.machine for one in dataflow_costs(1, 1, 1e9) if one.fits} == set(MACHINES)
    assert {one.machine for one in dataflow_costs(1, 1, 9e9) if one.fits} == set()
