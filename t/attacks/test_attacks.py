"""The attacks on each web server: exact status and code, nothing written, and the same bytes from all of them."""

import pathlib

import pytest

from attack import Attack
from attacks_on_identity import ATTACKS as ON_IDENTITY
from attacks_on_input import ATTACKS as ON_INPUT
from attacks_on_rights import ATTACKS as ON_RIGHTS
from differences import allowed
from fronts import SERVERS, comparable
from table import ROWS

ATTACKS = [*ON_IDENTITY, *ON_RIGHTS, *ON_INPUT]
ANSWERS = {}  # what the first server answered to each attack


def send(front, sent):
    if sent.raw:
        return front.raw(sent.raw)
    token = getattr(sent.token, "token", sent.token)
    return front.nobody.with_token(token).call(
        sent.method, sent.path, value=sent.value, body=sent.body, headers=sent.headers
    )


def answer_of(front, scene, attack):
    """Status, code and comparable body; what was to be refused has written nothing."""
    sent = attack.prepare(scene)
    before = scene.fingerprint()
    response = send(front, sent)
    assert response, "no answer"
    if response.status >= 400:
        assert scene.fingerprint() == before, f"{response} has written"
    if attack.check and response.status == attack.status:
        attack.check(front, scene, sent, response)
    return response.status, response.code, comparable(response)


def expected_of(front, fronts, scene, attack):
    """What the first server has answered, or answers now."""
    if str(attack) not in ANSWERS:
        ANSWERS[str(attack)] = answer_of(fronts[SERVERS[0]], scene, attack)
    return ANSWERS[str(attack)]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_attack(front, fronts, scene, attack: Attack):
    answer = answer_of(front, scene, attack)
    if front.name == SERVERS[0]:
        ANSWERS[str(attack)] = answer
    assert answer[0] in allowed(front.name, attack.status, attack.difference), answer
    if answer[0] != attack.status:
        return  # as the list of differences says
    assert answer[1] == attack.code, answer
    first = expected_of(front, fronts, scene, attack)
    assert attack.difference or answer[2] == first[2], f"{SERVERS[0]}: {first[2]}"
    assert not front.workers_that_died()


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_table_is_there(row):
    """Its tests exist, and it is among the attacks above if it says so."""
    files = ROWS[row][1].split()
    here = pathlib.Path(__file__).parent
    assert [file for file in files if not (here.parent / file if "/" in file else here / file).exists()] == []
    assert ("test_attacks.py" in files) == (row in {attack.number for attack in ATTACKS})


def test_the_table_is_whole():
    assert list(ROWS) == list(range(1, 31)) and {attack.number for attack in ATTACKS} <= set(ROWS)
    assert len({str(attack) for attack in ATTACKS}) == len(ATTACKS)
