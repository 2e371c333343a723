#include "fcgi/supervisor.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/log.h"

static bool send_to(const char *name, const char *assignment)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(name);
	if (length >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(address.sun_path, name, length);
	if (*name == '@')
		address.sun_path[0] = '\0'; /* a socket without a place among the files */
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return false;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	size_t assignment_length = strlen(assignment);
	ssize_t sent =
	    sendto(descriptor, assignment, assignment_length, MSG_NOSIGNAL, (const struct sockaddr *)&address, size);
	int saved_errno = errno;
	(void)close(descriptor);
	errno = saved_errno;
	return sent == (ssize_t)assignment_length;
}

void supervisor_notify(const char *assignment)
{
	const char *name = getenv("NOTIFY_SOCKET");
	if (name && *name && !send_to(name, assignment))
		log_write(LOG_WARNING, "fcgi", "cannot tell the supervisor %s: %s", assignment, strerror(errno));
}
