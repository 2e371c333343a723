"""What the attacks are about: people, keys, and tasks in every state."""

import tokens
from signing_keys import SigningKey


class Scene:
    def __init__(self, world, supabase):
        self.world, self.supabase, self.stack = world, supabase, world.stack
        self.event, self.foreign_event = world.event(), world.event()
        self.admin = world.admin
        self.manager = world.user("manager", self.event)
        self.vendor = world.user("vendor", self.event)
        self.coordinator = world.user("coordinator", self.event)  # whose user type is not eligible
        self.customer = world.user("customer", self.event)
        self.outsider = world.user("vendor")
        self.task = world.task(self.event)
        self.held_task = world.task(self.event, assignee=self.manager)
        self.done_task = world.task(self.event, "DONE")
        self.foreign_task = world.task(self.foreign_event)
        self.template = world.template()
        self.key = supabase.keys.current  # ES256, in the key set
        self.stranger_keys = {algorithm: SigningKey(algorithm) for algorithm in ("RS256", "ES256")}  # in none

    def new_task(self, state="TODO", **options):
        return self.world.task(self.event, state, **options)

    def waiting_task(self):
        """One that is blocked by a parent."""
        return self.new_task(parents=[self.new_task()])

    def user_without(self, *permissions, **flags):
        """A member with a user type of its own, which has every permission but these, and is eligible."""
        held = {name: name not in permissions for name in ("can_view", "can_take", "can_move_state", "can_assign")}
        user_type = self.world.user_type(**held, **flags)
        self.world.map(user_type, self.world.task_type)
        return self.world.user("type of its own", self.event, type_id=user_type)

    def claims(self, **changes):
        return tokens.claims(self.stack, self.vendor.id, **changes)

    def fingerprint(self):
        """Changes with each row that a request could write."""
        return self.world.sql(
            "SELECT (SELECT count(*) FROM eventflow.task_transitions), (SELECT sum(version) FROM eventflow.events),"
            " (SELECT count(*) FROM eventflow.workflow_template_versions),"
            " (SELECT count(*) FROM eventflow.workflow_instances), (SELECT count(*) FROM eventflow.refresh_tokens)"
        )
