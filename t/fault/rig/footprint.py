"""What a statement touches, so that two statements that cannot disturb each other need not be tried in both orders."""

import re

EVERYTHING = frozenset({"*"})


class Footprint:
    """Tables that are read, tables in which rows are locked or changed, and tables of which changes become visible."""

    def __init__(self, reads=frozenset(), locks=frozenset(), publishes=frozenset()):
        self.reads, self.locks, self.publishes = frozenset(reads), frozenset(locks), frozenset(publishes)

    def disturbs(self, other):
        """Whether the order could matter. Nobody else sees changes before COMMIT, but others wait for them."""
        return (
            meets(self.locks, other.locks)
            or meets(self.publishes, other.reads | other.locks)
            or meets(other.publishes, self.reads | self.locks)
        )


def meets(these, those):
    return bool(these & those or (these and "*" in those) or (those and "*" in these))


def tables_that_are_locked(text):
    changed = re.findall(r"(?:INSERT INTO|(?<!KEY )UPDATE|DELETE FROM) eventflow\.(\w+)", text)
    if "user_types" in changed:
        changed.append("users")  # they get the type's rights
    alias = re.search(r"FOR (?:NO KEY )?UPDATE OF (\w+)", text)
    return changed + (re.findall(rf"eventflow\.(\w+) {alias[1]}\b", text) if alias else [])


def footprint_of(text, changed_before):
    """Of a statement in a transaction that has changed some tables before. A snapshot reads everything when it begins;
    a COMMIT may run deferred triggers, which raise the version of the event."""
    if text.startswith("COMMIT"):
        return Footprint(locks={*changed_before, "events"} if changed_before else (), publishes=changed_before)
    if "REPEATABLE READ" in text:
        return Footprint(reads=EVERYTHING)
    return Footprint(re.findall(r"eventflow\.(\w+)", text), tables_that_are_locked(text))
