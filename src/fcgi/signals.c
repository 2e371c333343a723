#include "fcgi/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static sigset_t steering_signals(void)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT); /* sent by multiwatch, whichever signal it is told to send */
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGHUP);
	return signals;
}

void signals_hold(void)
{
	sigset_t signals = steering_signals();
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL); /* it fails for wrong arguments alone, as below */
}

void signals_release(void)
{
	sigset_t signals = steering_signals();
	(void)pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

int signals_take(int milliseconds)
{
	const struct timespec most = {.tv_nsec = milliseconds * 1000000L};
	sigset_t signals = steering_signals();
	int number = sigtimedwait(&signals, NULL, &most);
	return number > 0 ? number : 0; /* interrupted, it has waited too short: that does no harm */
}
