"""What long tests tell while they run."""

import pytest


@pytest.fixture
def say(capfd):
    """A function that prints a line at once."""

    def say(line):
        with capfd.disabled():
            print(line, flush=True)

    return say
