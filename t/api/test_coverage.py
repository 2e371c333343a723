"""The last test: what the document promises was asked for, and every error code was seen."""

import pytest

# What only a fault, or a setting that is off here, can bring about: the fault rig's part.
UNREACHABLE = {
    "incomplete_body": "the web server passes whole bodies only",
    "length_required": "the web server gives every body a length",
    "missing_parameter": "no operation has a query parameter that is required",
    "rule_violated": "the database's second wall behind the rules",
    "request_timeout": "a client that is slow for ten seconds",
    "rate_limited": "rate limits are off",
    "internal_error": "a fault of our own",
    "login_unavailable": "Supabase Auth is not configured",
    "email_not_confirmed": "so it is",
    "keys_unavailable": "no key set is fetched; t/tokens sees to it",
    "bad_gateway": "no worker",
    "service_unavailable": "no web server's worker",
    "gateway_timeout": "a worker that hangs",
    "storage_full": "a full disk",
    "schema_mismatch": "a new session while the schema has another version",
    "outcome_unknown": "a connection that is lost at COMMIT, and a database that is away",
    "out_of_memory": "a request that is larger than its arena",
    "database_unavailable": "the database is gone; a cut connection may be mended unseen",
}


def test_every_operation_succeeded_once(specification, coverage):
    never = [
        operation.id
        for operation in specification.operations
        if not {(operation.id, 200), (operation.id, 204)} & coverage.statuses
    ]
    assert not never, f"never answered with success: {never}"


def test_every_operation_with_a_tag_answered_304(specification, coverage):
    tagged = [operation.id for operation in specification.operations if "304" in operation.description["responses"]]
    assert tagged and [name for name in tagged if (name, 304) not in coverage.statuses] == []


def test_every_operation_that_can_refuse_did(specification, coverage):
    """With each status that the document has for it; but a 405 is of a path, not of an operation."""
    expected = {
        (operation.id, int(status))
        for operation in specification.operations
        if not operation.is_document
        for status in operation.description["responses"]
        if status.startswith("4") and status not in ("405", "429")
    }
    missing = sorted(expected - coverage.statuses)
    assert not missing, f"documented, and never seen: {missing}"


def test_every_code_was_seen(specification, coverage):
    codes = set(specification.document["components"]["schemas"]["ErrorCode"]["enum"])
    assert codes == set(specification.status_of), "the document and the catalogue have other codes"
    assert not set(UNREACHABLE) - codes, "the list of unreachable codes names one that does not exist"
    missing = sorted(codes - coverage.codes - set(UNREACHABLE))
    assert not missing, f"never seen: {missing}"


@pytest.mark.usefixtures("coverage")
def test_the_database_never_saw_malformed_data(stack):
    """Bad UTF-8, NUL, bad UUIDs and numbers out of range are refused before they reach it."""
    words = (
        "invalid byte sequence",
        "invalid input syntax",
        "out of range",
        "unsupported Unicode",
        "deadlock detected",
        "syntax error",
        "permission denied",
        "malformed array",
    )
    log = stack.var / "log" / "postgresql.log"
    if not log.exists():
        pytest.skip("the database's log is elsewhere")
    found = [
        line
        for line in log.read_text(errors="replace").splitlines()
        if "ERROR" in line and any(word in line for word in words)
    ]
    assert found == []
