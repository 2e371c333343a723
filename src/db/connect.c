#include "db/connect.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/text.h"

enum {
	HOST_TIMEOUT = 3000, /* milliseconds, where the URL has no connect_timeout */
	ITEM_SIZE = 256,     /* of one host, address or port */
};

/* The hosts of a URL: libpq's lists with commas; NULL where the URL has none. */
struct hosts {
	const char *names;
	const char *addresses;
	const char *ports;
	int count;
	int timeout; /* milliseconds, for each */
};

static int count_items(const char *list)
{
	int count = 1;
	for (const char *at = list ? strchr(list, ',') : NULL; at; at = strchr(at + 1, ','))
		count++;
	return count;
}

/* In milliseconds; libpq takes what is not above 0 for no timeout at all. */
static int timeout_of(const char *seconds)
{
	long value = strtol(seconds, NULL, 10);
	if (value <= 0)
		return HOST_TIMEOUT;
	return (int)(value < 3600 ? value : 3600) * 1000;
}

static void take_option(struct hosts *hosts, const PQconninfoOption *option)
{
	if (strcmp(option->keyword, "host") == 0)
		hosts->names = option->val;
	else if (strcmp(option->keyword, "hostaddr") == 0)
		hosts->addresses = option->val;
	else if (strcmp(option->keyword, "port") == 0)
		hosts->ports = option->val;
	else if (strcmp(option->keyword, "connect_timeout") == 0 && option->val)
		hosts->timeout = timeout_of(option->val);
}

/* What it points to lives as long as the options. */
static struct hosts hosts_of(const PQconninfoOption *options)
{
	struct hosts hosts = {.timeout = HOST_TIMEOUT};
	for (; options && options->keyword; options++)
		take_option(&hosts, options);
	hosts.count = count_items(hosts.names);
	if (count_items(hosts.addresses) > hosts.count)
		hosts.count = count_items(hosts.addresses);
	return hosts;
}

/* The item of this number, or the only one, which stands for all (a port). NULL for none: libpq then says what is
 * wrong with the list. */
static const char *item_of(const char *list, int number, char item[ITEM_SIZE])
{
	if (!list || !strchr(list, ','))
		return list;
	for (; number > 0 && list; number--) {
		list = strchr(list, ',');
		list = list ? list + 1 : NULL;
	}
	size_t length = list ? strcspn(list, ",") : ITEM_SIZE;
	if (length >= ITEM_SIZE)
		return NULL;
	memcpy(item, list, length);
	item[length] = '\0';
	return item;
}

static PGconn *start(const char *url, const struct hosts *hosts, int number)
{
	char name[ITEM_SIZE];
	char address[ITEM_SIZE];
	char port[ITEM_SIZE];
	/* The later of two values counts: the URL's own before ours, and of its hosts the one that is asked. */
	const char *const keywords[] = {"application_name",
					"client_encoding",
					"tcp_user_timeout",
					"keepalives_idle",
					"dbname",
					"host",
					"hostaddr",
					"port",
					NULL};
	const char *const values[] = {"eventflow",
				      "UTF8",
				      "5000",
				      "30",
				      url,
				      item_of(hosts->names, number, name),
				      item_of(hosts->addresses, number, address),
				      item_of(hosts->ports, number, port),
				      NULL};
	return PQconnectStartParams(keywords, values, 1);
}

bool connect_wait(PGconn *connection, short events, int64_t deadline)
{
	struct pollfd pollfd = {.fd = PQsocket(connection), .events = events};
	int64_t left = deadline - clock_milliseconds();
	return left > 0 && poll(&pollfd, 1, (int)left) != 0;
}

static bool finish(PGconn *connection, int64_t deadline)
{
	PostgresPollingStatusType status = PGRES_POLLING_WRITING; /* libpq's documentation: as if it had said so */
	while (status == PGRES_POLLING_WRITING || status == PGRES_POLLING_READING) {
		if (!connect_wait(connection, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
			return false;
		status = PQconnectPoll(connection);
	}
	return status == PGRES_POLLING_OK;
}

static void log_failure(const PGconn *connection)
{
	struct text message = text_from_string(connection ? PQerrorMessage(connection) : "out of memory");
	if (message.length == 0)
		message = TEXT("no answer in time");
	message = text_trim(message);
	log_write(LOG_ERROR, "db", "cannot connect to the database: %.*s", (int)message.length, message.data);
}

static PGconn *open_one(const char *url, const struct hosts *hosts, int number, int64_t deadline)
{
	PGconn *connection = start(url, hosts, number);
	if (connection && PQstatus(connection) != CONNECTION_BAD && finish(connection, deadline))
		return connection;
	log_failure(connection);
	PQfinish(connection);
	return NULL;
}

PGconn *connect_open(const char *url, int *host, int64_t deadline)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	struct hosts hosts = hosts_of(options);
	PGconn *connection = NULL;
	for (int i = 0; i < hosts.count && !connection; i++) {
		int number = (*host + i) % hosts.count;
		int64_t now = clock_milliseconds();
		int64_t share = (deadline - now) / (hosts.count - i);
		connection = open_one(url, &hosts, number, now + (share < hosts.timeout ? share : hosts.timeout));
		if (connection)
			*host = number;
	}
	PQconninfoFree(options);
	return connection;
}
