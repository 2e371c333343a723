#include "sandbox/violation.h"

#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { CALLS_MAX = 512, NAME_SIZE = 32, LINE_SIZE = 256, ARGUMENTS = 3 };

/* Looked up beforehand: a handler of signals must not allocate memory, and the library does. */
static char call_names[CALLS_MAX][NAME_SIZE];

/* A line as long as it fits. Nothing here may take a lock or allocate: it runs in a signal handler. */
struct line {
	char text[LINE_SIZE];
	size_t length;
};

static void append(struct line *line, const char *text)
{
	while (*text && line->length < LINE_SIZE)
		line->text[line->length++] = *text++;
}

/* The number in its base, with zeros in front up to the width. */
static void append_number(struct line *line, uint64_t number, unsigned base, int width)
{
	char digits[sizeof(number) * 8 + 1];
	char *first = digits + sizeof(digits) - 1;
	*first = '\0';
	for (; number > 0 || width > 0; number /= base, width--)
		*--first = "0123456789abcdef"[number % base];
	append(line, *first ? first : "0");
}

/* The date of a day since 1970 (the Gregorian calendar repeats itself after 400 years of 146,097 days). */
static void append_date(struct line *line, uint64_t day)
{
	uint64_t since_march = day + 719468; /* days since the 1st of March of the year 0 */
	uint64_t cycle = since_march / 146097, day_of_cycle = since_march % 146097;
	uint64_t year = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / 146096) / 365;
	uint64_t day_of_year = day_of_cycle - (365 * year + year / 4 - year / 100);
	uint64_t month = (5 * day_of_year + 2) / 153; /* 0 is March */
	append_number(line, 400 * cycle + year + (month >= 10), 10, 4);
	append(line, "-");
	append_number(line, month < 10 ? month + 3 : month - 9, 10, 2);
	append(line, "-");
	append_number(line, day_of_year - (153 * month + 2) / 5 + 1, 10, 2);
}

static void append_time(struct line *line)
{
	struct timespec now = {0};
	(void)clock_gettime(CLOCK_REALTIME, &now);
	uint64_t second = (uint64_t)now.tv_sec;
	append_date(line, second / 86400);
	append(line, "T");
	append_number(line, second / 3600 % 24, 10, 2);
	append(line, ":");
	append_number(line, second / 60 % 60, 10, 2);
	append(line, ":");
	append_number(line, second % 60, 10, 2);
	append(line, ".");
	append_number(line, (uint64_t)now.tv_nsec / 1000000, 10, 3);
	append(line, "Z");
}

/* The first arguments of the call, where the machine's registers are known. Returns their number. */
static int read_arguments(const ucontext_t *context, uint64_t arguments[ARGUMENTS])
{
#if defined(__x86_64__)
	static const int registers[ARGUMENTS] = {REG_RDI, REG_RSI, REG_RDX};
	for (int i = 0; i < ARGUMENTS; i++)
		arguments[i] = (uint64_t)context->uc_mcontext.gregs[registers[i]];
	return ARGUMENTS;
#elif defined(__aarch64__)
	for (int i = 0; i < ARGUMENTS; i++)
		arguments[i] = context->uc_mcontext.regs[i];
	return ARGUMENTS;
#else
	(void)context;
	(void)arguments;
	return 0;
#endif
}

static void append_call(struct line *line, int call, const ucontext_t *context)
{
	uint64_t arguments[ARGUMENTS];
	int count = read_arguments(context, arguments);
	append_number(line, (uint64_t)(call < 0 ? 0 : call), 10, 1);
	append(line, " ");
	append(line, call >= 0 && call < CALLS_MAX && *call_names[call] ? call_names[call] : "unknown");
	append(line, "(");
	for (int i = 0; i < count; i++) {
		append(line, i > 0 ? ", 0x" : "0x");
		append_number(line, arguments[i], 16, 1);
	}
	append(line, ")");
}

static void on_violation(int signal_number, siginfo_t *information, void *context)
{
	struct line line = {.length = 0};
	append_time(&line);
	append(&line, " - sandbox - ERROR - refused the system call ");
	append_call(&line, information->si_syscall, context);
	append(&line, "; the process ends\n");
	ssize_t written = write(STDERR_FILENO, line.text, line.length);
	(void)written;
	(void)signal(signal_number, SIG_DFL);
	if (raise(signal_number) != 0) /* it is blocked until this function returns, and is delivered then */
		_exit(EXIT_FAILURE);
}

static void look_up_names(void)
{
	for (int call = 0; call < CALLS_MAX; call++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
		if (name)
			(void)snprintf(call_names[call], NAME_SIZE, "%s", name);
		free(name);
	}
}

bool violation_watch(void)
{
	struct sigaction action = {.sa_sigaction = on_violation, .sa_flags = SA_SIGINFO};
	look_up_names();
	sigemptyset(&action.sa_mask);
	return sigaction(SIGSYS, &action, NULL) == 0;
}
