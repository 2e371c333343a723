"""Sessions that wait for each other."""

import threading

import psycopg2


class Session:
    """A session of its own, whose statements may have to wait for another's."""

    def __init__(self, url):
        self.connection = psycopg2.connect(url)
        self.cursor = self.connection.cursor()
        self.error = self.thread = None

    def run(self, *statement):
        try:
            self.cursor.execute(*statement)
        except psycopg2.Error as error:
            self.error = error

    def begin(self, *statement):
        """The statement in the background."""
        self.thread = threading.Thread(target=self.run, args=statement)
        self.thread.start()

    def commit_error(self):
        """What COMMIT is refused for, or None."""
        try:
            self.connection.commit()
        except psycopg2.Error as error:
            return error
        return None

    def end(self):
        if self.thread:
            self.thread.join(timeout=20)
        assert self.error is None, self.error
        self.connection.commit()
        self.connection.close()
