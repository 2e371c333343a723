"""The documents: all from this server, and nothing of them from another."""

import re

import pytest

from stack import ROOT

SOURCE = re.compile(r"""(?:src|href)=["']([^"']+)["']""")


def test_the_document_is_served_as_it_is(nobody):
    answer = nobody.get("/openapi.json")
    assert answer.status == 200 and answer.headers["content-type"].startswith("application/json")
    assert answer.body == (ROOT / "htdocs/openapi.json").read_bytes()


@pytest.mark.parametrize("path", ("/docs", "/redoc"))
def test_the_pages_load_from_this_server_alone(nobody, path):
    page = nobody.get(path)
    assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "'self'" in page.headers["content-security-policy"] and "http" not in page.headers["content-security-policy"]
    sources = SOURCE.findall(page.body.decode())
    assert sources and not [source for source in sources if "//" in source], sources
    for source in sources:
        if not source.startswith(("#", "data:")):
            target = source if source.startswith("/") else f"/{source}"
            assert nobody.wire.exchange("GET", target, None, {})[0] == 200, source


def test_the_root_leads_to_the_documentation(nobody):
    status, headers, _ = nobody.wire.exchange("GET", "/", None, {})
    assert status in (301, 302, 307, 308) and dict(headers)["Location"] == "/docs"


def test_other_files_are_not_there(nobody):
    for path in (
        "/openapi.yaml",
        "/docs/../openapi.json",
        "/docs/none.js",
        "/redoc/none.js",
        "/index.html",
        "/.git/config",
        "/docs/%2e%2e/%2e%2e/README",
    ):
        assert nobody.wire.exchange("GET", path, None, {})[0] in (
            200 if path.endswith("../openapi.json") else 404,
            404,
            400,
        )
