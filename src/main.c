/* eventflow: the worker. It serves a listening socket that it was given (standard input, or systemd's), or answers one
 * CGI call. */
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "application.h"
#include "auth/keys.h"
#include "core/log.h"
#include "fcgi/cgi.h"
#include "fcgi/server.h"
#include "fcgi/signals.h"
#include "sandbox/sandbox.h"
#include "services/production.h"

enum { SYSTEMD_SOCKET = 3 /* the first that systemd passes (sd_listen_fds(3)) */ };

static const char USAGE[] =
    "usage: eventflow [--threads N]\n"
    "\n"
    "Serves FastCGI on the listening socket that is its standard input (spawn-fcgi, lighttpd, mod_fcgid) or that\n"
    "systemd passes, or answers one CGI call. Settings come from the environment and the file EVENTFLOW_ENV_FILE.\n"
    "\n"
    "  --threads N   threads of this process, 1 to 256 (setting THREADS)\n"
    "  --version     print the version\n"
    "  --help        print this\n";

static int usage_error(const char *message)
{
	fprintf(stderr, "eventflow: %s\n%s", message, USAGE);
	return 2;
}

/* --threads is the setting THREADS by another name, and is checked as that. Returns -1 to go on, or an exit status. */
static int read_options(int argument_count, char **arguments)
{
	static const struct option options[] = {{"threads", required_argument, NULL, 't'},
						{"version", no_argument, NULL, 'v'},
						{"help", no_argument, NULL, 'h'},
						{NULL, 0, NULL, 0}};
	int option;
	while ((option = getopt_long(argument_count, arguments, "", options, NULL)) != -1) {
		switch (option) {
		case 't':
			if (setenv("THREADS", optarg, 1) != 0)
				return usage_error("out of memory");
			break;
		case 'v':
			puts("eventflow " EVENTFLOW_VERSION);
			return 0;
		case 'h':
			fputs(USAGE, stdout);
			return 0;
		default:
			return usage_error("unknown option");
		}
	}
	return optind == argument_count ? -1 : usage_error("it takes no arguments");
}

static bool is_listening(int descriptor)
{
	int listening = 0;
	socklen_t size = sizeof(listening);
	return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening;
}

/* The socket to serve, or -1. */
static int find_socket(void)
{
	const char *count = getenv("LISTEN_FDS");
	if (count && strcmp(count, "1") == 0 && is_listening(SYSTEMD_SOCKET))
		return SYSTEMD_SOCKET;
	return is_listening(STDIN_FILENO) ? STDIN_FILENO : -1;
}

/* A process of one request fetches keys for it; that this failed is in the log. The web server may end it. */
static int answer_one_call(struct application *application)
{
	char message[CONFIG_MESSAGE_MAX];
	signals_release();
	(void)keys_fetch(application->keys, message);
	return cgi_run(application);
}

/* Web server, workers and PostgreSQL wake each other with every message. Where they share processors, a thread that is
 * woken waits here for the one that runs, which would else be interrupted in what it does for another request
 * (sched(7): SCHED_BATCH). Whoever has chosen another policy keeps it; where this may not be, all is as usual. */
static void wait_for_processors(void)
{
	static const struct sched_param parameter = {0};
	if (sched_getscheduler(0) == SCHED_OTHER)
		(void)sched_setscheduler(0, SCHED_BATCH, &parameter);
}

/* The keys are on their way before the first request is. */
static int serve(struct application *application, int listen_socket)
{
	if (!keys_start(application->keys)) {
		log_write(LOG_ERROR, "eventflow", "cannot start the thread that fetches keys");
		return 1;
	}
	return server_run(application, listen_socket);
}

int main(int argument_count, char **arguments)
{
	static struct application application;
	char message[CONFIG_MESSAGE_MAX];
	signals_hold();
	int status = read_options(argument_count, arguments);
	if (status >= 0)
		return status;
	int listen_socket = find_socket();
	if (listen_socket < 0 && !getenv("GATEWAY_INTERFACE"))
		return usage_error(
		    "standard input is no listening socket; start it with spawn-fcgi, or see the README");
	if (!application_open(&application, message) || production_has_sample_passwords(&application.config, message)) {
		log_write(LOG_ERROR, "eventflow", "%s", message);
		application_close(&application);
		return 1;
	}
	if (listen_socket >= 0)
		wait_for_processors();
	sandbox_enter(&application.config);
	status = listen_socket < 0 ? answer_one_call(&application) : serve(&application, listen_socket);
	application_close(&application);
	return status;
}
