"""What the cases share."""

import pytest

from scenery import Scenery


@pytest.fixture(scope="session")
def scenery(world):
    return Scenery(world)
