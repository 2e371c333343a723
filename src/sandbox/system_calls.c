#include "sandbox/system_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/violation.h"

/* What the worker, libpq, TLS, the resolver with its modules, malloc and threads take, with any arguments; and what is
 * as harmless, for libraries change. Calls of other machines than this one are left out by the library. */
static const int ALLOWED[] = {
    /* descriptors that are open */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek),
    SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(fcntl), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
    SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(eventfd2), SCMP_SYS(fstat), SCMP_SYS(fstatfs), SCMP_SYS(fadvise64),
    SCMP_SYS(getdents64),
    /* what files are there; their contents are Landlock's part */
    SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
    /* waiting */
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(restart_syscall), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(timerfd_gettime),
    /* connections; bind is the resolver's, for its socket of the kernel, and nothing here can listen */
    SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(shutdown),
    SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(sendto),
    SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg),
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mincore), SCMP_SYS(membarrier),
    SCMP_SYS(mlock), SCMP_SYS(munlock),
    /* threads and signals */
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler),
    SCMP_SYS(sched_get_priority_max), SCMP_SYS(sched_get_priority_min), SCMP_SYS(getcpu), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigsuspend), SCMP_SYS(sigaltstack), SCMP_SYS(exit), SCMP_SYS(exit_group),
    /* what the process is, what the time is, what chance says */
    SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(getpgrp), SCMP_SYS(getpgid), SCMP_SYS(getsid), SCMP_SYS(gettid),
    SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getresuid), SCMP_SYS(getresgid),
    SCMP_SYS(getgroups), SCMP_SYS(capget), SCMP_SYS(getpriority), SCMP_SYS(umask), SCMP_SYS(uname), SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage), SCMP_SYS(times), SCMP_SYS(time), SCMP_SYS(gettimeofday), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres), SCMP_SYS(getrandom)};

/* Libraries ask for these first and take an older call where the kernel knows none of them; their arguments lie in
 * memory, where no filter can look. */
static const int UNKNOWN[] = {SCMP_SYS(clone3), SCMP_SYS(openat2)};

enum {
	WRITING = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY),
	NEW_THREAD = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND,
	CONDITIONS_MAX = 2,
};

/* A call that is allowed where all conditions hold. */
struct conditional {
	int call;
	unsigned count;
	struct scmp_arg_cmp conditions[CONDITIONS_MAX];
};

/* The argument's bits under the mask; what is above 32 bits the kernel does not look at. */
#define BITS(argument, mask, value)                                               \
	{                                                                         \
		argument, SCMP_CMP_MASKED_EQ, (uint32_t)(mask), (uint32_t)(value) \
	}
#define IS(argument, value) BITS(argument, UINT32_MAX, value)

static const struct conditional CONDITIONAL[] = {
    /* files are opened to be read alone */
    {SCMP_SYS(open), 1, {BITS(1, WRITING, O_RDONLY)}},
    {SCMP_SYS(openat), 1, {BITS(2, WRITING, O_RDONLY)}},
    /* libraries are loaded, but no memory is ever both written and executed */
    {SCMP_SYS(mmap), 1, {BITS(2, PROT_EXEC, 0)}},
    {SCMP_SYS(mmap), 1, {BITS(2, PROT_WRITE, 0)}},
    {SCMP_SYS(mprotect), 1, {BITS(2, PROT_EXEC, 0)}},
    /* a thread of this process, never another process */
    {SCMP_SYS(clone), 1, {BITS(0, NEW_THREAD, NEW_THREAD)}},
    {SCMP_SYS(prctl), 1, {IS(0, PR_SET_NAME)}},
    {SCMP_SYS(prctl), 1, {IS(0, PR_GET_NAME)}},
    {SCMP_SYS(prctl), 1, {IS(0, PR_CAPBSET_READ)}},     /* libcap, with modules of the resolver, asks at its start */
    {SCMP_SYS(prlimit64), 1, {{2, SCMP_CMP_EQ, 0, 0}}}, /* limits are read alone */
    {SCMP_SYS(socket), 1, {IS(0, AF_UNIX)}},
    {SCMP_SYS(socket), 1, {IS(0, AF_INET)}},
    {SCMP_SYS(socket), 1, {IS(0, AF_INET6)}},
    {SCMP_SYS(socket),
     2,
     {IS(0, AF_NETLINK), IS(2, NETLINK_ROUTE)}}, /* the resolver asks for this machine's addresses */
    {SCMP_SYS(ioctl), 1, {IS(1, FIONREAD)}},
    {SCMP_SYS(ioctl), 1, {IS(1, FIONBIO)}},
    {SCMP_SYS(ioctl), 1, {IS(1, TCGETS)}}, /* isatty() */
};

/* Adds every rule, until one cannot be added. Returns 0 or a negative errno. */
static int add_rules(scmp_filter_ctx filter)
{
	int error = 0;
	for (size_t i = 0; error == 0 && i < sizeof(ALLOWED) / sizeof(*ALLOWED); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, ALLOWED[i], 0);
	for (size_t i = 0; error == 0 && i < sizeof(UNKNOWN) / sizeof(*UNKNOWN); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), UNKNOWN[i], 0);
	for (size_t i = 0; error == 0 && i < sizeof(CONDITIONAL) / sizeof(*CONDITIONAL); i++)
		error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CONDITIONAL[i].call, CONDITIONAL[i].count,
					       CONDITIONAL[i].conditions);
	if (error == 0) /* raise() and abort(): to this process alone */
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
					 SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
	return error;
}

int system_calls_restrict(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
	if (!filter)
		return -ENOMEM;
	/* for threads that run already too; as a tree, which is faster than a list; and without the switch-off of
	 * speculation that older kernels add, which costs much and is meant for hostile code that is compiled here */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	int error = add_rules(filter);
	if (error == 0 && !violation_watch())
		error = -errno;
	if (error == 0)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}
