"""The fault matrix: what may fail, what is promised then, and the tests that show it.

Of every row holds, besides its own expectation:
  P1 no acknowledged write is lost     P2 no half-written change             P3 audit rows = changes of state
  P4 a child is unlocked exactly once  P5 an answer is JSON, and in time     P6 the worker recovers without a restart

Tests are named by their place below t/. `kinds` are the faults of the random runs (checker/nemesis.py) that are of this
row; test_rows.py runs these kinds alone, and the checker judges P1 to P6.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    fault: str
    expected: str
    tests: tuple
    kinds: tuple = ()


CONNECTIONS = "durability/test_connections.py::"
LIFE = "durability/test_worker_life.py::"
STRICTER = CONNECTIONS + "test_a_stricter_setting_of_the_role_holds"
HANG = "durability/test_hang.py::"
COMMIT = "durability/test_commit.py::"
LIFE = "durability/test_worker_life.py::"
ATTEMPTS = "durability/test_attempts.py::"
HERE = "fault/matrix/"
ROWS = {
    "F1": Row(
        "PostgreSQL restarts in a transaction",
        "503 database_unavailable with Retry-After; the first 200 within a second of its return",
        (
            HERE + "test_moments.py::test_f01_f02_a_restart_in_a_transaction[fast]",
            CONNECTIONS + "test_an_idle_connection_that_died_is_replaced_unseen[restart fast]",
            CONNECTIONS + "test_while_the_database_is_away_the_answer_is_503_at_once",
            CONNECTIONS + "test_recovery_takes_less_than_a_second[fast]",
            HERE + "test_recovery.py::test_the_first_success_comes_soon[restarts]",
        ),
        ("restart",),
    ),
    "F2": Row(
        "PostgreSQL crashes, as a whole or one session of it",
        "as F1; an error without SQLSTATE is a connection that is dead",
        (
            HERE + "test_moments.py::test_f01_f02_a_restart_in_a_transaction[immediate]",
            CONNECTIONS + "test_recovery_takes_less_than_a_second[immediate]",
            CONNECTIONS + "test_a_crash_of_one_session_ends_all_and_they_come_back",
        ),
        ("crash", "kill_session"),
    ),
    "F3": Row(
        "PostgreSQL is not there when workers start",
        "/healthz 200, /readyz and the API 503; ready soon after PostgreSQL",
        (CONNECTIONS + "test_a_worker_may_be_started_before_the_database",),
    ),
    "F4": Row(
        "the session ends before or after each statement of every write",
        "whole or not there; 200 only if it is there",
        (
            "fault/kills/test_statements.py::test_a_write_that_is_cut_off_is_whole_or_not_there",
            "fault/kills/test_libpq_calls.py::test_a_write_that_is_cut_off_at_a_call_is_whole_or_not_there",
            "fault/kills/test_libpq_calls.py::test_a_commit_that_the_server_answers_with_rollback_is_no_success",
            ATTEMPTS + "test_a_session_that_is_ended_in_the_middle_leaves_nothing",
        ),
        ("end_sessions", "refuse_commits", "fail_libpq"),
    ),
    "F5": Row(
        "the answer to COMMIT is lost",
        "what was written is looked for: 200, 503, or 503 outcome_unknown; a repeat with the same key is safe",
        (
            COMMIT + "test_committed_and_the_answer_lost",
            COMMIT + "test_the_commit_never_arrived",
            COMMIT + "test_a_commit_that_is_still_on_its_way_is_waited_for",
            COMMIT + "test_what_cannot_be_asked_in_time_is_said_to_be_unknown",
            COMMIT + "test_another_write_of_the_same_number_is_no_proof",
            "durability/test_lost_answers.py::test_a_repeat_after_a_lost_commit",
            "durability/test_lost_answers.py::test_a_repeat_after_the_worker_was_killed",
        ),
        ("end_sessions", "fail_libpq"),
    ),
    "F6": Row(
        "the primary dies, and a standby takes its place",
        "with a synchronous standby no acknowledged write is lost, without one exactly what it had not received",
        (
            "durability/test_failover.py::test_with_a_synchronous_standby_nothing_acknowledged_is_lost",
            "durability/test_failover.py::test_without_one_exactly_what_it_had_not_received_is_lost",
            "durability/test_failover.py::test_what_is_remembered_of_lost_changes_is_forgotten",
            "durability/test_failover.py::test_a_primary_that_is_one_no_more_is_left",
            COMMIT + "test_a_commit_that_no_standby_has_is_no_success",
            CONNECTIONS + "test_hosts_are_asked_in_turn_and_one_that_is_silent_leaves_time_for_the_next",
        ),
        ("fail_over",),
    ),
    "F7": Row(
        "the disk is full",
        "503 storage_full, and reads are answered",
        (HERE + "test_storage.py::test_f07_no_room_left",),
    ),
    "F8": Row(
        "the database takes no changes",
        "writes 503 database_read_only, reads 200",
        (f"{STRICTER}[default_transaction_read_only = on-database_read_only]",),
        ("read_only",),
    ),
    "F9": Row(
        "a statement takes too long",
        "503 database_busy, nothing changed, the connection is used on",
        (
            f"{STRICTER}[statement_timeout = '100ms'-database_busy]",
            HERE + "test_moments.py::test_f09_a_failure_behind_the_last_statement",
        ),
        ("time_out_statements",),
    ),
    "F10": Row(
        "somebody holds a lock",
        "503 database_busy after two seconds, no audit row",
        (
            CONNECTIONS + "test_a_lock_is_waited_for_two_seconds_at_most",
            CONNECTIONS + "test_a_role_without_settings_has_the_same_limits",
        ),
        ("hold_locks",),
    ),
    "F11": Row(
        "a deadlock, or a serialization failure",
        "no deadlock among workers; else three attempts of the whole transaction, then 503",
        (
            HERE + "test_site.py::test_f11_workers_are_in_no_deadlock",
            ATTEMPTS + "test_the_victim_of_a_deadlock_tries_again",
            ATTEMPTS + "test_a_serialization_failure_is_tried_again",
            ATTEMPTS + "test_every_write_is_tried_three_times",
            ATTEMPTS + "test_and_not_a_fourth_time",
        ),
    ),
    "F12": Row(
        "a transaction is idle for too long, and is cut off",
        "503, nothing half done",
        (HERE + "test_moments.py::test_f12_an_idle_transaction_is_cut_off",),
        ("cut_idle_transactions",),
    ),
    "F13": Row(
        "no connection is left for the role",
        "503; the worker listens on and is ready by itself",
        (CONNECTIONS + "test_when_the_role_has_no_connection_left",),
        ("limit_connections",),
    ),
    "F14": Row(
        "the network swallows everything, or PostgreSQL stands still",
        "503 within the deadline of five seconds, however many wait; one session that stands still is no outage",
        (
            "durability/test_black_hole.py::test_a_connection_that_cannot_be_made",
            "durability/test_black_hole.py::test_a_connection_that_goes_silent",
            CONNECTIONS + "test_a_server_that_takes_connections_and_says_nothing",
            CONNECTIONS + "test_a_session_that_stands_still_is_given_up_at_the_deadline",
            CONNECTIONS + "test_a_server_that_reads_no_more_is_given_up_at_the_deadline",
            HANG + "test_each_answer_comes_in_time_and_the_first_success_soon",
            HANG + "test_who_waits_for_those_who_wait_for_a_lock",
            HERE + "test_recovery.py::test_the_first_success_comes_soon[stand still]",
            HANG + "test_one_session_that_stands_still_is_no_outage",
        ),
        ("pause_sessions", "stand_still"),
    ),
    "F15": Row(
        "a worker is killed in a request",
        "502 in the envelope, sent once and not again; replaced within a second; the others serve on",
        (
            HERE + "test_site.py::test_f15_a_worker_that_is_killed_in_a_request",
            LIFE + "test_a_killed_worker_is_replaced_within_a_second",
            "attacks/test_limits.py::test_a_worker_that_dies_is_a_bad_gateway",
            "fault/kills/test_statements.py::test_a_write_that_is_cut_off_is_whole_or_not_there",
        ),
        ("kill_worker", "pause_worker"),
    ),
    "F16": Row(
        "a worker is told to stop",
        "what it has taken is answered, and it ends by itself within ten seconds",
        (
            HERE + "test_moments.py::test_f16_a_worker_that_is_told_to_stop_at_a_statement_answers",
            LIFE + "test_what_is_under_way_is_answered",
            LIFE + "test_no_connection_that_was_accepted_is_forgotten",
            LIFE + "test_a_web_server_that_never_lets_go",
            "transport/test_transport.py::test_a_signal_ends_an_idle_worker_at_once",
            "transport/test_transport.py::test_a_stopping_worker_still_serves_its_kept_connections",
            LIFE + "test_what_is_under_way_is_answered",
            LIFE + "test_a_web_server_that_never_lets_go",
            LIFE + "test_no_connection_that_was_accepted_is_forgotten",
        ),
        ("end_worker",),
    ),
    "F17": Row(
        "the web server is reloaded, the workers restart one after the other",
        "no request is lost",
        (
            "transport/test_transport.py::test_a_rolling_restart_loses_no_request",
            LIFE + "test_reloads_and_a_rolling_restart_lose_nothing",
        ),
        ("reload_web_server",),
    ),
    "F18": Row(
        "the client goes away before or after COMMIT",
        "the change is there whole or not at all",
        (HERE + "test_moments.py::test_f18_a_client_that_goes_away_at_a_statement",),
        ("hang_up",),
    ),
    "F19": Row(
        "slow clients",
        "nobody else waits for them",
        (
            "attacks/test_slow_clients.py::test_idle_connections",
            "attacks/test_slow_clients.py::test_slow_heads_and_bodies",
        ),
    ),
    "F20": Row(
        "an allocation fails, or all behind it",
        "500, 503 or a clean end; no leak, nothing half done, the next request 200",
        (
            "fault/failures/test_one_call.py::test_a_call_that_fails_breaks_nothing",
            LIFE + "test_with_too_little_memory_it_serves_whole_or_not_at_all",
        ),
        ("fail_allocations",),
    ),
    "F21": Row(
        "calls are interrupted or short; no file descriptor is left",
        "nobody notices the first; the second passes by itself",
        (
            HERE + "test_moments.py::test_f21_calls_that_are_short_or_interrupted",
            LIFE + "test_without_descriptors_it_neither_spins_nor_dies",
            "fault/failures/test_one_call.py::test_a_call_that_fails_breaks_nothing",
            LIFE + "test_without_descriptors_it_neither_spins_nor_dies",
        ),
        ("shorten_io",),
    ),
    "F22": Row(
        "the workers' clocks are wrong by an hour",
        "the audit has the database's time and order; tokens are judged by the worker's clock, of which the log warns",
        (HERE + "test_moments.py::test_f22_a_wrong_clock_dates_nothing",),
        ("skew_clocks",),
    ),
    "F23": Row(
        "the key set cannot be had",
        "known keys stay, an unknown one is 401; never had: 503 keys_unavailable; off the request's path",
        (
            "tokens/test_faults.py::test_from_the_start",
            "tokens/test_faults.py::test_later",
            "tokens/test_faults.py::test_nobody_listens",
        ),
    ),
    "F24": Row(
        "keys change",
        "a new one is found by one fetch; one that is gone is refused, remembered or not",
        (
            "tokens/test_rotation.py::test_a_new_key_is_found_by_one_fetch",
            "tokens/test_rotation.py::test_a_key_that_is_gone",
            "tokens/test_rotation.py::test_unknown_keys_bring_one_fetch_in_half_a_minute",
        ),
    ),
    "F25": Row(
        "rights or reference data are changed by hand",
        "the very next request on every worker sees it",
        (
            "attacks/test_revocation.py::test_what_is_revoked_is_gone_at_once",
            "attacks/test_revocation.py::test_eligibility_is_gone_at_once",
            "api/test_smoke.py::test_a_change_in_sql_is_seen_by_the_next_request",
            "api/test_remembered_lists.py::test_changes_by_another_hand_are_seen_too",
        ),
    ),
    "F26": Row(
        "the schema is not the worker's",
        "not ready; 500 in the envelope, no crash, and 200 once it is mended",
        (
            "durability/test_schema.py::test_a_column_that_is_gone_is_an_error_of_ours_and_no_end",
            "durability/test_schema.py::test_a_worker_that_starts_before_the_migration_waits_for_it",
            "durability/test_schema.py::test_a_worker_serves_on_while_the_next_version_is_rolled_out",
            "durability/test_schema.py::test_tables_that_are_altered_meanwhile",
            "api/test_health.py::test_another_schema_version_is_not_ready",
            "api/test_health.py::test_no_schema_version_is_not_ready",
        ),
    ),
}
