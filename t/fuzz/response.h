/* What every response must be, whatever was asked. */
#ifndef EVENTFLOW_FUZZ_RESPONSE_H
#define EVENTFLOW_FUZZ_RESPONSE_H

#include "core/text.h"

/* Ends the run unless head and body are what a web server and a client may be given: one Status; headers that we send,
 * each once, none of them broken up; as many bytes of body as they announce, or none (the answer to HEAD); and in it
 * the envelope of success or of failure, with a code of the catalogue that belongs to the status. */
void response_check(struct text output);

#endif
