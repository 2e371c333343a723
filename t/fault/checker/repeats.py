"""Requests that were sent more than once with one Idempotency-Key, as one who got no answer may do."""

IN_FLIGHT = "request_in_flight"


class Repeats:
    """The operations of a run by their key. trail: what they have left."""

    def __init__(self, operations, trail):
        self.trail = trail
        self.groups = {}
        for operation in sorted(operations, key=lambda operation: operation["s"]):
            if "k" in operation:
                self.groups.setdefault(operation["k"], []).append(operation)

    def of(self, operation):
        """All with its key, itself too, in the order in which they were sent."""
        return self.groups.get(operation.get("k"), [operation])

    def done_by(self, operation):
        """Another one with its key, which has audit rows; None if there is none."""
        others = (other for other in self.of(operation) if other is not operation)
        return next((other for other in others if other["r"] in self.trail.requests), None)

    def answered_before(self, operation):
        """Whether one with its key had been answered with 200 when this was sent."""
        return any(other["t"] == "ok" and other["e"] < operation["s"] for other in self.of(operation))

    def may_be_in_flight(self, operation):
        """Whether one with its key may not have come to its end."""
        others = (other for other in self.of(operation) if other is not operation)
        return any(other["t"] == "info" and other["s"] < operation["e"] for other in others)

    def as_one(self, operations):
        """These operations, all that have one key as one: from the first time that it was sent to its first answer."""
        merged = {}
        for operation in operations:
            key = operation.get("k", operation["r"])
            begin = min(other["s"] for other in self.of(operation))
            if key not in merged or (merged[key]["t"], operation["t"]) == ("info", "ok"):
                merged[key] = {**operation, "s": begin}
        return list(merged.values())

    def violations(self):
        """(sentence, operation) for each key that was no promise."""
        for group in self.groups.values():
            times = sum(operation["r"] in self.trail.requests for operation in group)
            if times > 1:
                yield f"done {times} times with one key", group[-1]
            answers = {operation["h"] for operation in group if operation["t"] == "ok"}
            if len(answers) > 1:
                yield f"{len(answers)} answers to one key", group[-1]
