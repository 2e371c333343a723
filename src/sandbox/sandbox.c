#include "sandbox/sandbox.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "core/log.h"
#include "sandbox/file_access.h"
#include "sandbox/system_calls.h"

/* Memory holds secrets. A limit of 0 still feeds a program that collects dumps; 1 stops that too (core(5)). */
static void forbid_dumps(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_CORE, &limit) != 0)
		return;
	limit.rlim_max = limit.rlim_max > 1 ? 1 : limit.rlim_max;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_CORE, &limit) != 0)
		log_write(LOG_WARNING, "sandbox", "memory may be dumped at a crash: RLIMIT_CORE cannot be lowered");
}

static const char *describe(int result, const char *success)
{
	return result >= 0 ? success : strerrordesc_np(-result);
}

void sandbox_enter(const struct config *config)
{
	if (!config->sandbox) {
		log_write(LOG_WARNING, "sandbox", "off, by the setting SANDBOX");
		return;
	}
	forbid_dumps();
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* without it the kernel refuses what follows, and that is told */
	int files = file_access_restrict(config);
	int calls = system_calls_restrict();
	log_write(files >= 0 && calls >= 0 ? LOG_INFO : LOG_WARNING, "sandbox",
		  "files: %s (Landlock version %d); system calls: %s (seccomp)", describe(files, "restricted"),
		  files >= 0 ? files : 0, describe(calls, "restricted"));
}
