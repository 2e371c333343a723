"""A judge who also looks for secrets in every answer."""

import re

from client import Judge


def password_of(url):
    found = re.search(r"://[^:]*:([^@]*)@", url)
    return found[1] if found else None


class Watch(Judge):
    def __init__(self, specification, coverage):
        super().__init__(specification, coverage)
        self.secrets = {}  # by name

    def guard(self, **secrets):
        self.secrets.update({name: secret for name, secret in secrets.items() if secret})

    def guard_stack(self, stack):
        self.guard(
            jwt_secret=stack.secret,
            login_password=password_of(stack.settings["DATABASE_URL"]),
            owner_password=password_of(stack.owner_url),
        )

    def found_in(self, text):
        """The names of the secrets that stand in a text."""
        return sorted(name for name, secret in self.secrets.items() if secret in text)

    def check(self, response):
        super().check(response)
        text = response.body.decode("latin-1") + "".join(f"{name}: {value}\n" for name, value in response.header_list)
        found = self.found_in(text)
        assert not found, f"{response.method} {response.target[:80]} was answered with {found}"
