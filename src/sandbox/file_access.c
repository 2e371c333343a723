#include "sandbox/file_access.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <libpq-fe.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TCP_BIND = 1, PATH_SIZE = 4096, PASSWD_SIZE = 4096 };

/* Where a library, the resolver or TLS looks for what it needs. A rule holds for the files that are there now, and
 * programs replace files of /etc (a new lease, a new resolv.conf), so it is /etc as a whole; the libraries of name
 * services are loaded at first use. */
static const char *const READABLE[] = {"/etc", "/usr", "/lib", "/lib64", "/dev/null", "/dev/random", "/dev/urandom"};

/* Files that DATABASE_URL, or libpq's environment, may name. */
static const char *const DATABASE_FILES[] = {"sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir"};

/* Every right on files that this version of Landlock knows: what is not handled is not refused. */
static uint64_t all_rights(int version)
{
	if (version >= 5)
		return (1U << 16) - 1; /* with LANDLOCK_ACCESS_FS_IOCTL_DEV */
	if (version >= 3)
		return (1U << 15) - 1; /* with LANDLOCK_ACCESS_FS_TRUNCATE */
	return version == 2 ? (1U << 14) - 1 : (1U << 13) - 1;
}

static void add_rule(int ruleset, int descriptor)
{
	struct stat status;
	struct landlock_path_beneath_attr rule = {.parent_fd = descriptor,
						  .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE};
	if (fstat(descriptor, &status) != 0)
		return;
	if (S_ISDIR(status.st_mode))
		rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
	(void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* Allows reading the file, or the folder with all in it. One that cannot be opened now is left out: it stays as
 * unreadable as it is. */
static void allow(int ruleset, const char *path)
{
	int descriptor = open(path, O_PATH | O_CLOEXEC);
	if (descriptor < 0)
		return;
	add_rule(ruleset, descriptor);
	(void)close(descriptor);
}

/* Whether the folder is the root, or holds the file of settings, which is read once and never again. */
static bool is_too_wide(const char *folder)
{
	char real_folder[PATH_SIZE], real_settings[PATH_SIZE];
	const char *settings = getenv("EVENTFLOW_ENV_FILE");
	if (!realpath(folder, real_folder))
		return true;
	if (strcmp(real_folder, "/") == 0)
		return true;
	size_t length = strlen(real_folder);
	return settings && realpath(settings, real_settings) && strncmp(real_settings, real_folder, length) == 0 &&
	       real_settings[length] == '/';
}

/* A file that is replaced while the worker runs, as a renewed certificate is, is found again by its folder alone. */
static void allow_with_folder(int ruleset, const char *path)
{
	char folder[PATH_SIZE];
	allow(ruleset, path);
	if (snprintf(folder, sizeof(folder), "%s", path) >= (int)sizeof(folder))
		return;
	const char *parent = dirname(folder);
	if (!is_too_wide(parent))
		allow(ruleset, parent);
}

/* What an option of libpq is, by the connection string or, where that is silent, by libpq's environment. */
struct options {
	PQconninfoOption *given;
	PQconninfoOption *defaults;
};

static const char *find_value(const PQconninfoOption *options, const char *keyword)
{
	for (const PQconninfoOption *option = options; option && option->keyword; option++) {
		if (strcmp(option->keyword, keyword) == 0)
			return option->val && *option->val ? option->val : NULL;
	}
	return NULL;
}

static const char *value_of(const struct options *options, const char *keyword)
{
	const char *value = find_value(options->given, keyword);
	return value ? value : find_value(options->defaults, keyword);
}

static bool find_home(char home[PATH_SIZE])
{
	const char *given = getenv("HOME");
	if (given && *given)
		return snprintf(home, PATH_SIZE, "%s", given) < PATH_SIZE;
	struct passwd entry, *found = NULL;
	char strings[PASSWD_SIZE];
	return getpwuid_r(geteuid(), &entry, strings, sizeof(strings), &found) == 0 && found &&
	       snprintf(home, PATH_SIZE, "%s", found->pw_dir) < PATH_SIZE;
}

static void allow_at_home(int ruleset, const char *name)
{
	char home[PATH_SIZE], path[PATH_SIZE];
	if (find_home(home) && snprintf(path, sizeof(path), "%s/%s", home, name) < (int)sizeof(path))
		allow(ruleset, path);
}

static void allow_database_files(int ruleset, const char *url)
{
	struct options options = {PQconninfoParse(url, NULL), PQconndefaults()};
	for (size_t i = 0; i < sizeof(DATABASE_FILES) / sizeof(*DATABASE_FILES); i++) {
		const char *path = value_of(&options, DATABASE_FILES[i]);
		if (path)
			allow_with_folder(ruleset, path);
	}
	allow_at_home(ruleset, ".postgresql");
	if (!value_of(&options, "password")) {
		const char *path = value_of(&options, "passfile");
		if (path)
			allow_with_folder(ruleset, path);
		allow_at_home(ruleset, ".pgpass");
	}
	PQconninfoFree(options.given);
	PQconninfoFree(options.defaults);
}

static void allow_readable(int ruleset, const struct config *config)
{
	char resolver[PATH_SIZE];
	for (size_t i = 0; i < sizeof(READABLE) / sizeof(*READABLE); i++)
		allow(ruleset, READABLE[i]);
	if (realpath("/etc/resolv.conf", resolver)) /* a link into /run, where a local resolver keeps it */
		allow_with_folder(ruleset, resolver);
	if (config->supabase_ca_file)
		allow_with_folder(ruleset, config->supabase_ca_file);
	allow_database_files(ruleset, config->database_url);
}

int file_access_restrict(const struct config *config)
{
	int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 0)
		return -errno;
	/* the kernel's struct landlock_ruleset_attr: files and network; headers of Linux 6.1 know the first alone */
	uint64_t handled[] = {all_rights(version), version >= 4 ? TCP_BIND : 0};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, handled, sizeof(handled), 0);
	if (ruleset < 0)
		return -errno;
	allow_readable(ruleset, config);
	long result = syscall(SYS_landlock_restrict_self, ruleset, 0);
	int error = errno;
	(void)close(ruleset);
	return result == 0 ? version : -error;
}
