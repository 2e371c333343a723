/* A plain CGI call of the same program (RFC 3875): one request from the environment and standard input. */
#ifndef EVENTFLOW_FCGI_CGI_H
#define EVENTFLOW_FCGI_CGI_H

#include "core/context.h"

/* Answers on standard output. Returns the exit status. */
int cgi_run(struct application *application);

#endif
