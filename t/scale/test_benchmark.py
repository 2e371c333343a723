"""The benchmark is no part of the tests, for it takes minutes and judges nothing; that it can be started is."""

import subprocess

from conftest import HERE

BENCHMARK = HERE.parent / "bench/run"


def test_the_benchmark_can_be_started():
    result = subprocess.run([BENCHMARK, "--help"], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert "--against" in result.stdout
