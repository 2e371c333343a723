/* sandbox: each forbidden thing is tried in a child process that has entered it, and so is each that serving takes. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/https_client.h"
#include "sandbox/sandbox.h"

enum { LOG_SIZE = 4096, PATH_SIZE = 256 };

static char folder[] = "/tmp/eventflow-sandbox-XXXXXX";
static char named_file[PATH_SIZE], settings_file[PATH_SIZE], url[2 * PATH_SIZE];

/* What a child did: its status, and what it wrote to the log. */
struct outcome {
	int status;
	char log[LOG_SIZE];
};

static void write_file(const char *path, const char *content)
{
	FILE *file = fopen(path, "w");
	cr_assert_not_null(file, "%s", path);
	cr_assert_geq(fputs(content, file), 0, "%s", path);
	cr_assert_eq(fclose(file), 0, "%s", path);
}

static void make_files(void)
{
	cr_assert_not_null(mkdtemp(folder), "a folder");
	snprintf(named_file, sizeof(named_file), "%s/root.crt", folder);
	snprintf(settings_file, sizeof(settings_file), "%s/settings", folder);
	snprintf(url, sizeof(url), "postgresql://eventflow_api@localhost/eventflow?sslrootcert=%s", named_file);
	write_file(named_file, "a certificate");
	write_file(settings_file, "SUPABASE_JWT_SECRET=");
}

static void remove_files(void)
{
	(void)unlink(named_file);
	(void)unlink(settings_file);
	(void)rmdir(folder);
}

TestSuite(sandbox, .init = make_files, .fini = remove_files, .timeout = 60);

/* Runs act in a child that has entered the sandbox; what act returns is the child's exit status. */
static struct outcome run(int (*act)(void), bool sandbox)
{
	struct outcome outcome = {0};
	int log[2];
	cr_assert_eq(pipe(log), 0, "a pipe");
	pid_t child = fork();
	cr_assert_geq(child, 0, "a child");
	if (child == 0) {
		struct config config = {.database_url = url, .sandbox = sandbox};
		(void)dup2(log[1], STDERR_FILENO);
		sandbox_enter(&config);
		_exit(act());
	}
	(void)close(log[1]);
	size_t length = 0;
	for (ssize_t got; (got = read(log[0], outcome.log + length, LOG_SIZE - 1 - length)) > 0;)
		length += (size_t)got;
	(void)close(log[0]);
	cr_assert_eq(waitpid(child, &outcome.status, 0), child, "the child's end");
	return outcome;
}

static bool has_ended_well(struct outcome outcome)
{
	return WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0;
}

/* ---- Forbidden system calls -------------------------------------------------------------------------------------- */

static int run_a_shell(void)
{
	execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
	return 1;
}

static int run_a_descriptor(void)
{
	char *arguments[] = {"sh", NULL};
	return fexecve(STDIN_FILENO, arguments, environ);
}

static int make_a_process(void)
{
	return (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static int trace_a_process(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int open_for_writing(void)
{
	return open("/dev/null", O_WRONLY);
}

static int open_for_both(void)
{
	return open("/dev/null", O_RDWR);
}

static int make_a_file(void)
{
	return open("/tmp/eventflow-made", O_RDONLY | O_CREAT, 0600);
}

static int make_a_nameless_file(void)
{
	return open("/tmp", O_TMPFILE | O_RDWR, 0600);
}

static int truncate_a_file(void)
{
	return open(named_file, O_RDONLY | O_TRUNC);
}

static int remove_a_file(void)
{
	return unlink(named_file);
}

static int make_memory_executable(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? 1 : mprotect(memory, 4096, PROT_READ | PROT_EXEC);
}

static int map_memory_to_write_and_execute(void)
{
	return mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int listen_for_others(void)
{
	return listen(socket(AF_INET, SOCK_STREAM, 0), 1);
}

static int read_packets(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static int ask_the_kernel_s_audit(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 9);
}

static int signal_another_process(void)
{
	return kill(getppid(), 0);
}

static int signal_a_thread_of_another_process(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static int raise_a_limit(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	return setrlimit(RLIMIT_CORE, &limit);
}

static int become_another_user(void)
{
	return setuid(0);
}

static int enter_a_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int read_another_process(void)
{
	return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static int make_a_ring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int ask_for_dumps(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static const struct refusal {
	int (*act)(void);
	const char *call;
} REFUSALS[] = {
    {run_a_shell, "execve"},
    {run_a_descriptor, "execveat"},
    {make_a_process, "clone"},
    {trace_a_process, "ptrace"},
    {open_for_writing, "openat"},
    {open_for_both, "openat"},
    {make_a_file, "openat"},
    {make_a_nameless_file, "openat"},
    {truncate_a_file, "openat"},
    {remove_a_file, "unlink"},
    {make_memory_executable, "mprotect"},
    {map_memory_to_write_and_execute, "mmap"},
    {listen_for_others, "listen"},
    {read_packets, "socket"},
    {ask_the_kernel_s_audit, "socket"},
    {signal_another_process, "kill"},
    {signal_a_thread_of_another_process, "tgkill"},
    {raise_a_limit, "prlimit64"},
    {become_another_user, "setuid"},
    {enter_a_namespace, "unshare"},
    {read_another_process, "process_vm_readv"},
    {make_a_ring, "io_uring_setup"},
    {ask_for_dumps, "prctl"},
};

Test(sandbox, a_forbidden_call_ends_the_process_and_is_told)
{
	for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(*REFUSALS); i++) {
		struct outcome outcome = run(REFUSALS[i].act, true);
		const char *call = REFUSALS[i].call;
		char expected[PATH_SIZE];
		snprintf(expected, sizeof(expected), "Z - sandbox - ERROR - refused the system call ");
		cr_expect(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSYS, "%s: status %x, %s", call,
			  (unsigned)outcome.status, outcome.log);
		cr_expect_not_null(strstr(outcome.log, expected), "%s: %s", call, outcome.log);
		snprintf(expected, sizeof(expected), " %s(", call);
		cr_expect_not_null(strstr(outcome.log, expected), "%s: %s", call, outcome.log);
	}
}

Test(sandbox, the_line_has_the_time_and_the_arguments)
{
	char expected[PATH_SIZE];
	time_t before = time(NULL);
	struct outcome outcome = run(read_packets, true);
	const char *line = strstr(outcome.log, "sandbox - ERROR");
	cr_assert_not_null(line, "%s", outcome.log);
	snprintf(expected, sizeof(expected), "%d socket(0x%x, 0x%x, 0x0); the process ends\n", SYS_socket, AF_PACKET,
		 SOCK_RAW);
	cr_expect_not_null(strstr(line, expected), "%s", line);
	while (line > outcome.log && line[-1] != '\n')
		line--;
	struct tm told = {0};
	cr_assert_not_null(strptime(line, "%Y-%m-%dT%H:%M:%S.", &told), "%s", line);
	cr_expect_geq(timegm(&told), before, "%s", line);
	cr_expect_leq(timegm(&told), time(NULL), "%s", line);
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static int error_of_reading(const char *path)
{
	errno = 0;
	int descriptor = open(path, O_RDONLY);
	int error = errno;
	if (descriptor >= 0)
		(void)close(descriptor);
	return error;
}

static int read_what_connecting_takes(void)
{
	static const char *const paths[] = {"/etc/hosts",   "/etc/resolv.conf", "/etc/nsswitch.conf",
					    "/dev/urandom", "/etc/ssl/certs",   "/usr/lib/os-release"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		int error = error_of_reading(paths[i]);
		if (error != 0 && error != ENOENT)
			return (int)i + 1;
	}
	return error_of_reading(named_file);
}

static int read_what_it_does_not(void)
{
	const char *const paths[] = {settings_file, "/proc/self/environ", "/proc/self/mem", "/", "/tmp", "/var/log"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (error_of_reading(paths[i]) != EACCES)
			return (int)i + 1;
	}
	return 0;
}

static int offer_a_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int result = bind(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)&address, sizeof(address));
	return result == 0 || errno != EACCES;
}

static int landlock_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
}

static void require_landlock(int version)
{
	if (landlock_version() < version)
		cr_skip_test("this kernel's Landlock is too old for it");
}

Test(sandbox, reads_what_connecting_takes)
{
	struct outcome outcome = run(read_what_connecting_takes, true);
	cr_assert(has_ended_well(outcome), "status %x, %s", (unsigned)outcome.status, outcome.log);
}

Test(sandbox, reads_nothing_else)
{
	require_landlock(1);
	cr_assert_eq(setenv("EVENTFLOW_ENV_FILE", settings_file, 1), 0, "the file of settings is named");
	struct outcome outcome = run(read_what_it_does_not, true);
	cr_assert(has_ended_well(outcome), "status %x, %s", (unsigned)outcome.status, outcome.log);
}

/* The parent replaces the file while the child, which is in the sandbox by then, waits for that. */
static int entered[2], replaced[2];

static int read_a_replaced_file(void)
{
	char byte = 0;
	return write(entered[1], &byte, 1) != 1 || read(replaced[0], &byte, 1) != 1 || error_of_reading(named_file);
}

static void *replace(void *argument)
{
	(void)argument;
	char byte, other[PATH_SIZE + 4];
	snprintf(other, sizeof(other), "%s.new", named_file);
	write_file(other, "a renewed certificate");
	if (read(entered[0], &byte, 1) != 1 || rename(other, named_file) != 0 || write(replaced[1], &byte, 1) != 1)
		return "not replaced";
	return NULL;
}

Test(sandbox, finds_a_file_that_was_replaced)
{
	pthread_t thread;
	void *fault = "not joined";
	cr_assert(pipe(entered) == 0 && pipe(replaced) == 0, "pipes");
	cr_assert_eq(pthread_create(&thread, NULL, replace, NULL), 0, "a thread");
	struct outcome outcome = run(read_a_replaced_file, true);
	cr_assert_eq(pthread_join(thread, &fault), 0, "the thread's end");
	cr_assert_null(fault, "%s", (char *)fault);
	cr_assert(has_ended_well(outcome), "status %x, %s", (unsigned)outcome.status, outcome.log);
}

Test(sandbox, offers_no_port)
{
	require_landlock(4);
	struct outcome outcome = run(offer_a_port, true);
	cr_assert(has_ended_well(outcome), "status %x, %s", (unsigned)outcome.status, outcome.log);
}

/* ---- What serving takes ------------------------------------------------------------------------------------------ */

static void *allocate(void *argument)
{
	(void)argument;
	for (size_t size = 1; size < 64 * 1024 * 1024; size *= 4) {
		char *memory = malloc(size);
		if (!memory)
			return "no memory";
		memset(memory, 1, size);
		free(memory);
	}
	return NULL;
}

static int run_threads(void)
{
	pthread_t threads[8];
	for (int i = 0; i < 8; i++) {
		if (pthread_create(&threads[i], NULL, allocate, NULL) != 0)
			return 1;
	}
	int faults = 0;
	for (int i = 0; i < 8; i++) {
		void *fault = "not joined";
		faults += pthread_join(threads[i], &fault) != 0 || fault;
	}
	return faults;
}

static int look_up_names(void)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG}, *found = NULL;
	if (getaddrinfo("localhost", "5432", &hints, &found) != 0)
		return 1;
	freeaddrinfo(found);
	(void)getaddrinfo("no.such.host.invalid", "443", &hints, &found); /* a question to the resolver */
	return !getpwnam("root");
}

static int ask_a_web_service(void)
{
	struct https_request request = {.url = "https://localhost:1/", .timeout_ms = 3000, .answer_max = 1};
	struct https_answer answer;
	return https_fetch(&request, &answer) != HTTPS_CONNECT; /* nobody is there, and that was found out */
}

static int abort_it(void)
{
	abort();
}

static int dumps_nothing(void)
{
	struct rlimit limit;
	return getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max > 1;
}

Test(sandbox, leaves_what_serving_takes)
{
	cr_assert(https_client_start(), "libcurl");
	int (*const acts[])(void) = {run_threads, look_up_names, ask_a_web_service, dumps_nothing};
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		struct outcome outcome = run(acts[i], true);
		cr_expect(has_ended_well(outcome), "%zu: status %x, %s", i, (unsigned)outcome.status, outcome.log);
	}
}

Test(sandbox, an_abort_is_an_abort)
{
	struct outcome outcome = run(abort_it, true);
	cr_assert(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGABRT, "status %x, %s",
		  (unsigned)outcome.status, outcome.log);
}

Test(sandbox, says_in_one_line_what_is_enforced)
{
	char expected[PATH_SIZE];
	struct outcome outcome = run(dumps_nothing, true);
	snprintf(expected, sizeof(expected), " (Landlock version %d); system calls: restricted (seccomp)\n",
		 landlock_version() > 0 ? landlock_version() : 0);
	const char *end = strstr(outcome.log, expected);
	cr_assert(end && end + strlen(expected) == outcome.log + strlen(outcome.log), "%s", outcome.log);
	cr_expect_eq(strchr(outcome.log, '\n'), end + strlen(expected) - 1, "one line: %s", outcome.log);
}

static int open_and_close_for_writing(void)
{
	return close(open(named_file, O_WRONLY)) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0;
}

Test(sandbox, can_be_switched_off)
{
	struct outcome outcome = run(open_and_close_for_writing, false);
	cr_expect(has_ended_well(outcome), "status %x, %s", (unsigned)outcome.status, outcome.log);
	cr_expect_not_null(strstr(outcome.log, "off, by the setting SANDBOX"), "%s", outcome.log);
}
