/* Preloaded into a worker, it counts the calls of one family (libpq, allocation, input and output) and makes one of
 * them fail, wait, or be the last. What it does is told, while the worker runs, by a file that it maps
 * (EVENTFLOW_SHIM).
 *
 * Only the worker's own calls to libpq count, not those that libpq makes to itself. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum family { FAMILY_NONE, FAMILY_LIBPQ, FAMILY_ALLOCATION, FAMILY_IO };

enum action {
	ACTION_COUNT,
	ACTION_FAIL,         /* the call fails, and has no effect */
	ACTION_PAUSE_BEFORE, /* waits until `paused` is 0 again */
	ACTION_PAUSE_AFTER,
	ACTION_KILL_BEFORE, /* SIGKILL to this process */
	ACTION_KILL_AFTER,
	ACTION_SHORTEN,   /* input and output: every call moves one byte */
	ACTION_INTERRUPT, /* and each second one is interrupted */
	ACTION_LIE,       /* a COMMIT goes out as ROLLBACK, which the server calls a success */
};

enum { NAMES_MAX = 4096, NAME_SIZE = 24, EARLY_SIZE = 16384 };

/* t/fault/rig/shim.py knows this layout. */
struct control {
	_Atomic uint32_t family;
	_Atomic uint32_t action;
	_Atomic uint32_t at;       /* the number of the call, from 1 */
	_Atomic uint32_t persists; /* and of all calls behind it */
	_Atomic uint32_t count;
	_Atomic uint32_t paused;
	_Atomic uint32_t hits;            /* how often the action was taken */
	_Atomic int32_t skew;             /* seconds that the clock of the day is wrong */
	char names[NAMES_MAX][NAME_SIZE]; /* of the calls that were counted */
};

static struct control *control;
static __thread int depth; /* of calls to libpq, which calls itself */

__attribute__((constructor)) static void open_control(void)
{
	const char *path = getenv("EVENTFLOW_SHIM");
	int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (file < 0)
		return;
	void *memory = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (memory != MAP_FAILED)
		control = memory;
}

/* Counts a call, and tells what is to be done at it. */
static enum action count_call(enum family family, const char *name)
{
	if (!control || atomic_load(&control->family) != (uint32_t)family || (family == FAMILY_LIBPQ && depth > 0))
		return ACTION_COUNT;
	uint32_t number = atomic_fetch_add(&control->count, 1) + 1;
	if (number <= NAMES_MAX)
		strncpy(control->names[number - 1], name, NAME_SIZE - 1);
	uint32_t at = atomic_load(&control->at);
	if (at == 0 || number < at || (number > at && !atomic_load(&control->persists)))
		return ACTION_COUNT;
	atomic_fetch_add(&control->hits, 1);
	return (enum action)atomic_load(&control->action);
}

static void wait_for_controller(void)
{
	static const struct timespec moment = {.tv_nsec = 200000};
	atomic_store(&control->paused, 1);
	while (atomic_load(&control->paused))
		nanosleep(&moment, NULL);
}

static void before(enum action action)
{
	if (action == ACTION_KILL_BEFORE)
		raise(SIGKILL);
	if (action == ACTION_PAUSE_BEFORE)
		wait_for_controller();
}

static void after(enum action action)
{
	if (action == ACTION_KILL_AFTER)
		raise(SIGKILL);
	if (action == ACTION_PAUSE_AFTER)
		wait_for_controller();
}

/* The function of this name behind this library, looked up once. */
#define REAL(name)                                                       \
	({                                                               \
		static _Atomic(__typeof__(&(name))) known;               \
		if (!atomic_load_explicit(&known, memory_order_relaxed)) \
			atomic_store(&known, dlsym(RTLD_NEXT, #name));   \
		atomic_load_explicit(&known, memory_order_relaxed);      \
	})

/* A call of libpq that can fail, and what it returns then. */
#define LIBPQ(type, name, failure, parameters, arguments)             \
	type name parameters                                          \
	{                                                             \
		enum action action = count_call(FAMILY_LIBPQ, #name); \
		if (action == ACTION_FAIL)                            \
			return failure;                               \
		before(action);                                       \
		depth++;                                              \
		type result = REAL(name) arguments;                   \
		depth--;                                              \
		after(action);                                        \
		return result;                                        \
	}

LIBPQ(PGconn *, PQconnectdbParams, NULL, (const char *const *keywords, const char *const *values, int expand),
      (keywords, values, expand))
LIBPQ(PGconn *, PQconnectStartParams, NULL, (const char *const *keywords, const char *const *values, int expand),
      (keywords, values, expand))
LIBPQ(PostgresPollingStatusType, PQconnectPoll, PGRES_POLLING_FAILED, (PGconn * connection), (connection))
LIBPQ(int, PQsetnonblocking, -1, (PGconn * connection, int argument), (connection, argument))
LIBPQ(int, PQenterPipelineMode, 0, (PGconn * connection), (connection))
LIBPQ(int, PQexitPipelineMode, 0, (PGconn * connection), (connection))
LIBPQ(int, PQpipelineSync, 0, (PGconn * connection), (connection))
LIBPQ(int, PQsendFlushRequest, 0, (PGconn * connection), (connection))
LIBPQ(int, PQflush, -1, (PGconn * connection), (connection))
LIBPQ(int, PQconsumeInput, 0, (PGconn * connection), (connection))
LIBPQ(PGresult *, PQgetResult, NULL, (PGconn * connection), (connection))
LIBPQ(PGresult *, PQexec, NULL, (PGconn * connection, const char *query), (connection, query))
LIBPQ(int, PQsendQuery, 0, (PGconn * connection, const char *query), (connection, query))
LIBPQ(int, PQsendPrepare, 0, (PGconn * connection, const char *name, const char *query, int count, const Oid *types),
      (connection, name, query, count, types))
LIBPQ(int, PQsendQueryPrepared, 0,
      (PGconn * connection, const char *name, int count, const char *const *values, const int *lengths,
       const int *formats, int format),
      (connection, name, count, values, lengths, formats, format))

/* BEGIN and COMMIT go this way too. */
int PQsendQueryParams(PGconn *connection, const char *query, int count, const Oid *types, const char *const *values,
		      const int *lengths, const int *formats, int format)
{
	enum action action = count_call(FAMILY_LIBPQ, "PQsendQueryParams");
	if (action == ACTION_FAIL)
		return 0;
	if (action == ACTION_LIE && strcasecmp(query, "COMMIT") == 0)
		query = "ROLLBACK";
	before(action);
	depth++;
	int result = REAL(PQsendQueryParams)(connection, query, count, types, values, lengths, formats, format);
	depth--;
	after(action);
	return result;
}

/* Memory that is wanted before the real functions are known; it is never given back. */
static char early[EARLY_SIZE] __attribute__((aligned(16)));
static size_t early_used;
static __thread bool looks_up;

static void *allocate_early(size_t size)
{
	size_t start = early_used;
	early_used += (size + 15) & ~(size_t)15;
	return early_used <= EARLY_SIZE ? early + start : NULL;
}

static bool is_early(const void *memory)
{
	return (const char *)memory >= early && (const char *)memory < early + EARLY_SIZE;
}

/* Whether this allocation is to fail. */
static bool fails(const char *name)
{
	if (count_call(FAMILY_ALLOCATION, name) != ACTION_FAIL)
		return false;
	errno = ENOMEM;
	return true;
}

/* Finds the real function once; NULL while that is under way, which may want memory itself. */
#define LOOK_UP(pointer, name)                \
	do {                                  \
		if (!pointer && !looks_up) {  \
			looks_up = true;      \
			pointer = REAL(name); \
			looks_up = false;     \
		}                             \
	} while (0)

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);

void *malloc(size_t size)
{
	if (fails("malloc"))
		return NULL;
	LOOK_UP(real_malloc, malloc);
	return real_malloc ? real_malloc(size) : allocate_early(size);
}

void *calloc(size_t count, size_t size)
{
	if (fails("calloc"))
		return NULL;
	LOOK_UP(real_calloc, calloc);
	return real_calloc ? real_calloc(count, size) : allocate_early(count * size);
}

void *realloc(void *memory, size_t size)
{
	if (fails("realloc"))
		return NULL;
	LOOK_UP(real_realloc, realloc);
	return real_realloc(memory, size);
}

void free(void *memory)
{
	if (is_early(memory))
		return;
	LOOK_UP(real_free, free);
	if (real_free)
		real_free(memory);
}

/* The clock of the day is wrong; the one that counts from the machine's start never is. */
int clock_gettime(clockid_t clock, struct timespec *time)
{
	int result = REAL(clock_gettime)(clock, time);
	if (result == 0 && clock == CLOCK_REALTIME && control)
		time->tv_sec += atomic_load(&control->skew);
	return result;
}

time_t time(time_t *seconds)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (seconds)
		*seconds = now.tv_sec;
	return now.tv_sec;
}

/* glibc's own has no words left when memory is short, and then nobody knows whose assertion it was. */
void __assert_fail(const char *assertion, const char *file, unsigned line, const char *function)
{
	dprintf(STDERR_FILENO, "%s:%u: %s: assertion %s failed\n", file, line, function, assertion);
	abort();
}

/* What is left of a size when calls are short; 0 where this call is interrupted. Peeking moves nothing. */
static size_t shortened(const char *name, size_t size, int flags, bool *fails_now)
{
	enum action action = flags & MSG_PEEK ? ACTION_COUNT : count_call(FAMILY_IO, name);
	*fails_now = false;
	if (action == ACTION_FAIL) {
		errno = ECONNRESET;
		*fails_now = true;
	}
	if (action != ACTION_SHORTEN && action != ACTION_INTERRUPT)
		return size;
	static _Atomic unsigned turn;
	if (action == ACTION_INTERRUPT && atomic_fetch_add(&turn, 1) % 2 == 0) {
		errno = EINTR;
		*fails_now = true;
	}
	return size > 0 ? 1 : 0;
}

#define IO(name, parameters, flags, arguments)                    \
	ssize_t name parameters                                   \
	{                                                         \
		bool fails_now;                                   \
		size = shortened(#name, size, flags, &fails_now); \
		return fails_now ? -1 : REAL(name) arguments;     \
	}

IO(read, (int file, void *bytes, size_t size), 0, (file, bytes, size))
IO(write, (int file, const void *bytes, size_t size), 0, (file, bytes, size))
IO(recv, (int file, void *bytes, size_t size, int flags), flags, (file, bytes, size, flags))
IO(send, (int file, const void *bytes, size_t size, int flags), flags, (file, bytes, size, flags))
