"""Hundreds of malformed requests to each web server: refused in the contract's shape, or taken for what they are."""

import pytest
import raw_bodies  # noqa: F401
import raw_headers  # noqa: F401
import raw_lines  # noqa: F401

from differences import allowed
from fronts import CLOSED
from raw_request import RAW_REQUESTS, TOKEN


@pytest.fixture(scope="module", autouse=True)
def nothing_is_written(scene):
    before = scene.fingerprint()
    yield
    assert scene.fingerprint() == before


@pytest.mark.parametrize("request_", RAW_REQUESTS, ids=[request_.name for request_ in RAW_REQUESTS])
def test_raw_request(front, scene, request_):
    statuses = allowed(front.name, request_.expected, request_.difference)
    data = request_.data.replace(TOKEN, scene.admin.token.encode())
    response = front.raw(data, is_cut=CLOSED in statuses)
    assert (response.status if response else CLOSED) in statuses, response
    assert not front.workers_that_died()
