#include "fcgi/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

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

int signals_take(void)
{
	sigset_t signals = steering_signals();
	int number;
	int error;
	do
		error = sigwait(&signals, &number);
	while (error != 0);
	return number;
}
