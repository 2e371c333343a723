"""What is true when: facts that somebody changes by hand while requests run, and the moments between which they change.

A fact is a tuple: ("member", event, user), ("active", user), ("permission", type, name), ("eligible", type, task type)
or ("deleted", task); its value is true or false. Times are nanoseconds of CLOCK_MONOTONIC.
"""

import bisect

FOREVER = 1 << 62


class Facts:
    def __init__(self, cast):
        self.types = cast.users  # {user: type name}
        self.first = {("member", event, user) for event, user in cast.members}
        self.first |= {("active", user) for user in cast.users}
        self.first |= {("permission", name, held) for name, held_ones in cast.permissions.items() for held in held_ones}
        self.first |= {("eligible", *pair) for pair in cast.eligible}
        self.changes = {}  # fact: [(begin, end, value), ...]

    def change(self, fact, value, begin, end):
        """It was something else before `begin`, and is this after `end`."""
        self.changes.setdefault(fact, []).append((begin, end, value))

    def now(self, fact):
        changes = self.changes.get(fact)
        return changes[-1][2] if changes else fact in self.first

    def during(self, fact, begin, end):
        """The values that it may have had at some moment from begin to end: {True}, {False} or both."""
        changes = self.changes.get(fact)
        if not changes:
            return {fact in self.first}
        # the last change that was surely over before, and all that may have happened since
        behind = bisect.bisect_left(changes, begin, key=lambda change: change[1])
        values = {changes[behind - 1][2] if behind else fact in self.first}
        for start, _, value in changes[behind:]:
            if start > end:
                break
            values.add(value)
        return values


class Oracle:
    """Answers questions about facts whose value is not certain: with each answer in turn, by outcomes_of."""

    def __init__(self, facts, begin, end, path):
        self.facts, self.begin, self.end, self.path = facts, begin, end, path
        self.known, self.taken, self.others = {}, [], []

    def is_true(self, *fact):
        if fact not in self.known:
            self.known[fact] = self.choose(sorted(self.facts.during(fact, self.begin, self.end)))
        return self.known[fact]

    def ask_anew(self):
        """What is asked from now on is read by a later statement of the request, and may be another thing than before."""
        self.known.clear()

    def choose(self, values):
        """One of the values; the others are tried another time."""
        if len(values) == 1:
            return values[0]
        depth = len(self.taken)
        if depth < len(self.path):
            value = self.path[depth]
        else:
            value = values[0]
            self.others += [[*self.taken, other] for other in values[1:]]
        self.taken.append(value)
        return value


def outcomes_of(judge, facts, begin, end):
    """All that judge(oracle) may return, whatever the uncertain facts were."""
    outcomes, paths = set(), [[]]
    while paths:
        oracle = Oracle(facts, begin, end, paths.pop())
        outcomes.add(judge(oracle))
        paths += oracle.others
    return outcomes
