"""The worker on its socket: kept connections, lies about lengths, smuggling, shutdown, and the plain CGI call."""

import http.client
import json
import os
import signal
import subprocess
import threading
import time

import fastcgi
import pytest
import stack as stack_module

LIVE = fastcgi.request("GET", "/healthz")


def status_of(answer):
    return int(answer.split(b" ")[1])


def json_of(answer):
    return json.loads(answer.split(b"\r\n\r\n", 1)[1])


def test_a_kept_connection_serves_one_request_after_the_other(worker):
    connection = fastcgi.Connection(worker.path)
    for _ in range(100):
        connection.send(LIVE)
        assert json_of(connection.answer()) == {"ok": True, "data": {"status": "up"}}


def test_a_connection_that_is_not_kept_is_closed(worker):
    connection = fastcgi.Connection(worker.path)
    connection.send(fastcgi.request("GET", "/healthz", keep=False))
    assert status_of(connection.answer()) == 200
    assert connection.is_closed()


def test_idle_kept_connections_starve_nobody(worker):
    """Many more connections than threads, all kept: the slowest is looked at."""
    connections = [fastcgi.Connection(worker.path) for _ in range(64)]
    slowest = 0
    for _ in range(5):
        for connection in connections:
            began = time.monotonic()
            connection.send(LIVE)
            assert status_of(connection.answer()) == 200
            slowest = max(slowest, time.monotonic() - began)
    assert slowest < 1


def test_silent_connections_hold_no_thread(worker):
    silent = [fastcgi.Connection(worker.path) for _ in range(16)]
    connection = fastcgi.Connection(worker.path)
    connection.send(LIVE)
    assert status_of(connection.answer()) == 200
    for other in silent:
        other.socket.close()


def test_a_body_that_is_not_read_is_never_the_next_request(worker):
    """Request smuggling: a refused POST whose body is a FastCGI request of the client's choice."""
    inner = fastcgi.request("GET", "/healthz", HTTP_X_REQUEST_ID="smuggled")
    content = (inner + b"\0" * 8) * (60000 // (len(inner) + 8))
    connection = fastcgi.Connection(worker.path)
    connection.send(fastcgi.request("POST", "/api/workflows/instantiate", content, CONTENT_TYPE="application/json",
                                    HTTP_AUTHORIZATION="Bearer bad"))
    assert status_of(connection.answer()) == 401
    connection.send(fastcgi.request("GET", "/healthz", HTTP_X_REQUEST_ID="next"))
    assert b"X-Request-Id: next\r\n" in connection.answer()
    assert "smuggled" not in worker.log.read_text()


def test_a_body_that_was_refused_for_its_size_is_never_the_next_request(worker):
    """Nothing of it is read before the answer, and a request stands just where the reading of the parameters has stopped: at the end
    of the worker's buffer."""
    values = {"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/auth/login", "CONTENT_LENGTH": str(2 * 1024 * 1024)}
    head = fastcgi.begin() + fastcgi.parameters(values)
    content = b"\0" * (16 * 1024 - len(head) - 8) + fastcgi.request("GET", "/healthz", HTTP_X_REQUEST_ID="smuggled")
    connection = fastcgi.Connection(worker.path)
    connection.send(head + fastcgi.body(content))
    assert status_of(connection.answer()) == 413
    connection.send(fastcgi.request("GET", "/healthz", HTTP_X_REQUEST_ID="next"))
    assert b"X-Request-Id: next\r\n" in connection.answer()
    assert "smuggled" not in worker.log.read_text()


def test_smuggling_through_nginx(stack):
    inner = fastcgi.request("GET", "/healthz", HTTP_X_REQUEST_ID="smuggled-through-nginx")
    content = (inner + b"\0" * 8) * (60000 // (len(inner) + 8))
    client = http.client.HTTPConnection(stack.host, stack.port, timeout=10)
    for _ in range(20):
        client.request("POST", "/api/workflows/instantiate", content, {"Content-Type": "application/json", "Authorization": "Bearer bad"})
        answer = client.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (401, "invalid_token")
        client.request("GET", "/healthz", headers={"X-Request-Id": "mine"})
        answer = client.getresponse()
        answer.read()
        assert (answer.status, answer.getheader("X-Request-Id")) == (200, "mine")
    assert "smuggled-through-nginx" not in stack.log_text()


@pytest.mark.parametrize("announced, sent", [("-5", b"abc"), ("100", b"abc"), ("1", b"abc"), ("x", b"abc"), ("3 ", b"abc"), ("99999999999999999999", b"abc")])
def test_a_length_that_is_a_lie_is_400(worker, announced, sent):
    connection = fastcgi.Connection(worker.path)
    values = {"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/auth/login", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": announced}
    connection.send(fastcgi.begin() + fastcgi.parameters(values) + fastcgi.body(sent))
    answer = connection.answer()
    assert (status_of(answer), json_of(answer)["code"]) == (400, "incomplete_body")
    connection = fastcgi.Connection(worker.path)
    connection.send(LIVE)
    assert status_of(connection.answer()) == 200


def test_a_body_without_a_length_is_400(worker):
    connection = fastcgi.Connection(worker.path)
    values = {"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/auth/login", "CONTENT_TYPE": "application/json"}
    connection.send(fastcgi.begin() + fastcgi.parameters(values) + fastcgi.body(b"{}"))
    answer = connection.answer()
    assert (status_of(answer), json_of(answer)["code"]) == (400, "length_required")


def test_a_body_over_the_limit_is_413(worker):
    connection = fastcgi.Connection(worker.path)
    connection.send(fastcgi.request("POST", "/api/auth/login", b" " * (1024 * 1024 + 1), CONTENT_TYPE="application/json"))
    answer = connection.answer()
    assert (status_of(answer), json_of(answer)["code"]) == (413, "payload_too_large")


def test_an_aborted_request_is_not_handled(worker):
    connection = fastcgi.Connection(worker.path)
    values = {"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/auth/login", "CONTENT_LENGTH": "100", "HTTP_X_REQUEST_ID": "aborted"}
    connection.send(fastcgi.begin() + fastcgi.parameters(values) + fastcgi.record(fastcgi.STDIN, b"abc") + fastcgi.record(fastcgi.ABORT_REQUEST))
    connection.socket.close()
    other = fastcgi.Connection(worker.path)
    other.send(LIVE)
    assert status_of(other.answer()) == 200
    assert "aborted" not in worker.log.read_text()


def test_a_connection_that_ends_in_its_parameters_hurts_nobody(worker):
    connection = fastcgi.Connection(worker.path)
    connection.send(fastcgi.begin() + fastcgi.parameters({"REQUEST_METHOD": "GET"})[:-12])
    connection.socket.close()
    other = fastcgi.Connection(worker.path)
    other.send(LIVE)
    assert status_of(other.answer()) == 200
    assert worker.process.poll() is None


@pytest.mark.parametrize("uri", ["http://evil/healthz", "https://evil/healthz?"])
def test_an_absolute_form_is_its_path(worker, uri):
    connection = fastcgi.Connection(worker.path)
    connection.send(fastcgi.request("GET", uri))
    assert status_of(connection.answer()) == 200


def test_no_uri_at_all_is_404(worker):
    connection = fastcgi.Connection(worker.path)
    connection.send(fastcgi.begin() + fastcgi.parameters({"REQUEST_METHOD": "GET"}) + fastcgi.body(b""))
    assert status_of(connection.answer()) == 404


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1])
def test_a_signal_ends_an_idle_worker_at_once(worker, number):
    worker.process.send_signal(number)
    assert worker.process.wait(timeout=2) == 0


def test_a_stopping_worker_still_serves_its_kept_connections(worker):
    connection = fastcgi.Connection(worker.path)
    connection.send(LIVE)
    connection.answer()
    worker.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    connection.send(LIVE)
    assert status_of(connection.answer()) == 200
    connection.socket.close()
    assert worker.process.wait(timeout=2) == 0


def test_a_rolling_restart_loses_no_request(stack):
    """Each worker behind nginx is told to stop, one after the other, while clients ask without a pause."""
    failures, answers, stop = [], [0], threading.Event()

    def ask():
        client = http.client.HTTPConnection(stack.host, stack.port, timeout=20)
        while not stop.is_set():
            client.request("GET", "/healthz")
            answer = client.getresponse()
            answer.read()
            answers[0] += 1
            if answer.status != 200:
                failures.append(answer.status)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for pid in sorted(stack.worker_pids()):
        os.kill(pid, signal.SIGTERM)
        time.sleep(1.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, f"{len(failures)} of {answers[0]}"
    assert answers[0] > 1000


def run_cgi(stack, uri, content=b"", **more):
    environment = {"PATH": os.environ["PATH"], "GATEWAY_INTERFACE": "CGI/1.1", "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"),
                   "REQUEST_METHOD": "POST" if content else "GET", "REQUEST_URI": uri, "CONTENT_LENGTH": str(len(content)), **more}
    result = subprocess.run([stack_module.BUILD / "eventflow"], env=environment, input=content, capture_output=True, timeout=10)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_same_program_answers_a_cgi_call(stack):
    assert json_of(run_cgi(stack, "/readyz"))["data"]["status"] == "ready"
    answer = run_cgi(stack, "/api/auth/login", b'{"email":"admin@eventflow.com","password":"eventflow-dev"}', CONTENT_TYPE="application/json")
    assert status_of(answer) == 200
    token = json_of(answer)["data"]["access_token"]
    answer = run_cgi(stack, "/api/events?limit=1", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (status_of(answer), len(json_of(answer)["data"])) == (200, 1)


def test_without_a_socket_it_says_how_to_start_it(stack):
    result = subprocess.run([stack_module.BUILD / "eventflow"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=5)
    assert result.returncode == 2 and "spawn-fcgi" in result.stderr


@pytest.mark.parametrize("name, value", [("THREADS", "0"), ("SUPABASE_JWT_SECRET", "short"), ("LOG_LEVEL", "LOUD"), ("DATABASE_URL", "nonsense://"), ("CORS_ORIGINS", "*")])
def test_a_bad_setting_stops_the_start_with_one_line_that_names_it(stack, name, value, tmp_path):
    environment = {**os.environ, "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"), name: value}
    result = subprocess.run(["spawn-fcgi", "-n", "-s", tmp_path / "s", "--", stack_module.BUILD / "eventflow"], env=environment,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=5)
    assert result.returncode == 1
    assert name in result.stderr and len(result.stderr.strip().splitlines()) == 1
