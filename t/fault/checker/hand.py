"""The operator, who changes rights, members and profiles by hand in SQL and deletes tasks, while requests run."""

import random
import threading
import time

import psycopg2

LEAF = """
    SELECT t.id::text FROM eventflow.tasks t WHERE t.event_id = %s AND t.deleted_at IS NULL AND t.state <> 'DONE'
    AND NOT EXISTS (SELECT FROM eventflow.task_dependencies d WHERE d.event_id = t.event_id AND d.parent_id = t.id)
    ORDER BY md5(t.id::text || %s) LIMIT 1"""
BACK = 0.6  # how likely a change undoes an earlier one
TYPES = ("manager", "vendor", "coordinator", "customer")
FLAGS = {
    "manager": ("take", "assign", "move_state"),
    "vendor": ("take", "move_state", "assign"),
    "coordinator": ("take", "assign", "move_state", "view"),
    "customer": ("view",),
}  # that may change


def require_outage(error):
    """Raises what is no consequence of a fault but a mistake of ours."""
    if (error.pgcode or "")[:2] in ("22", "23", "42"):
        raise error


class Hand(threading.Thread):
    """One change after the other. An outcome that it could not learn it looks up as soon as the database answers."""

    def __init__(self, site, cast, facts, seed, pause=0.08):
        super().__init__(daemon=True)
        self.site, self.cast, self.facts, self.pause = site, cast, facts, pause
        self.random = random.Random(f"hand {seed}")
        self.ends, self.connection, self.count = threading.Event(), None, 0
        self.error = None

    def run(self):
        try:
            while not self.ends.wait(self.pause * 2 * self.random.random()):
                self._change(*self._draw())
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
            raise

    def finish(self):
        self.ends.set()
        self.join()
        if self.error:
            raise self.error

    def _draw(self):
        """A fact, and how it is read and changed: (fact, SELECT, statement that makes it true, false, parameters)."""
        kind = self.random.choices(("member", "active", "permission", "eligible", "deleted"), (5, 2, 3, 3, 2))[0]
        return getattr(self, f"_draw_{kind}")()

    def _other_than_at_first(self, kind):
        """The facts of a kind that have been changed. They are changed back more often than not."""
        facts = [fact for fact in self.facts.changes if fact[0] == kind]
        return [fact for fact in facts if self.facts.now(fact) != (fact in self.facts.first)]

    def _choose(self, kind, fresh):
        changed = self._other_than_at_first(kind)
        return self.random.choice(changed) if changed and self.random.random() < BACK else (kind, *fresh)

    def _draw_member(self):
        regular = [user for user, name in self.cast.users.items() if name != "admin"]
        fact = self._choose("member", (self.random.choice(self.cast.events), self.random.choice(regular)))
        return (
            fact,
            "SELECT count(*) > 0 FROM eventflow.event_members WHERE event_id = %s AND user_id = %s",
            "INSERT INTO eventflow.event_members (event_id, user_id) VALUES (%s, %s)",
            "DELETE FROM eventflow.event_members WHERE event_id = %s AND user_id = %s",
            fact[1:],
        )

    def _draw_active(self):
        user = self.random.choice(list(self.cast.users))
        inactive = [other for other in self.cast.users if not self.facts.now(("active", other))]
        user = inactive[0] if inactive else user
        return (
            ("active", user),
            "SELECT is_active FROM eventflow.users WHERE id = %s",
            "UPDATE eventflow.users SET is_active = true WHERE id = %s",
            "UPDATE eventflow.users SET is_active = false WHERE id = %s",
            (user,),
        )

    def _draw_permission(self):
        """Never more than one that is not as it was."""
        changed = self._other_than_at_first("permission")
        name = self.random.choice(TYPES)
        fact = changed[0] if changed else ("permission", name, self.random.choice(FLAGS[name]))
        column = f"can_{fact[2]}"
        return (
            fact,
            f"SELECT {column} FROM eventflow.user_types WHERE id = %s",
            f"UPDATE eventflow.user_types SET {column} = true WHERE id = %s",
            f"UPDATE eventflow.user_types SET {column} = false WHERE id = %s",
            (self.cast.types[fact[1]],),
        )

    def _draw_eligible(self):
        fact = self._choose("eligible", (self.random.choice(TYPES[:3]), self.random.choice(self.cast.task_types)))
        return (
            fact,
            "SELECT count(*) > 0 FROM eventflow.eligibility_mappings WHERE user_type_id = %s AND task_type_id = %s",
            "INSERT INTO eventflow.eligibility_mappings (user_type_id, task_type_id) VALUES (%s, %s)",
            "DELETE FROM eventflow.eligibility_mappings WHERE user_type_id = %s AND task_type_id = %s",
            (self.cast.types[fact[1]], fact[2]),
        )

    def _draw_deleted(self):
        rows = self._ask(LEAF, (self.random.choice(self.cast.events), str(self.random.random())))
        if not rows:
            return self._draw_member()
        return (
            ("deleted", rows[0][0]),
            "SELECT deleted_at IS NOT NULL FROM eventflow.tasks WHERE id = %s",
            "UPDATE eventflow.tasks SET deleted_at = now() WHERE id = %s AND state <> 'DONE'",
            None,
            (rows[0][0],),
        )

    def _change(self, fact, select, set_true, set_false, parameters):
        before = self.facts.now(fact)
        if before and set_false is None:
            return
        began = time.monotonic_ns()
        # what is under way may be seen by requests before its outcome is known here
        self._execute(set_false if before else set_true, parameters)
        value = self._ask(select, parameters)[0][0]
        if value != before:
            self.facts.change(fact, value, began, time.monotonic_ns())
            self.count += 1

    def _execute(self, statement, parameters):
        try:
            with self._connected().cursor() as cursor:
                cursor.execute(statement, parameters)
        except psycopg2.Error as error:
            require_outage(error)
            self.connection = None  # it may have happened, or may be still under way
            self._end_other_sessions()

    def _end_other_sessions(self):
        """A session of ours that we have lost must not go on with what it was told."""
        self._ask(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE application_name = 'hand' AND pid <> pg_backend_pid()",
            (),
        )

    def _ask(self, statement, parameters):
        """The rows, as soon as the database answers."""
        while True:
            try:
                with self._connected().cursor() as cursor:
                    cursor.execute(statement, parameters)
                    return cursor.fetchall()
            except psycopg2.Error as error:
                require_outage(error)
                self.connection = None
                time.sleep(0.02)

    def _connected(self):
        if self.connection is None or self.connection.closed:
            self.connection = self.site.connect("hand")
        return self.connection
