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
        self.thread = threading.Thread(target=self.run, args=statement, daemon=True)
        self.thread.start()

    def commit(self):
        """Whoever has met an error has nothing to commit."""
        if self.thread:
            self.thread.join(timeout=20)
        try:
            self.connection.commit()
        except psycopg2.Error as error:
            self.error = error

    def end(self):
        self.commit()
        assert self.error is None, self.error
        self.connection.close()
