/* Shortages on order: one call of our code into libc, GnuTLS or json-c fails as it does when memory is short.
 *
 * The linker sends these calls here first (Makefile.am, SHORTAGES); those of the libraries themselves go on as ever. */
#ifndef EVENTFLOW_TEST_SHORTAGE_H
#define EVENTFLOW_TEST_SHORTAGE_H

#include <stdbool.h>

/* From here on the nth such call of this thread fails; 0 is the next one. */
void shortage_begin(int nth);

/* No call fails any more. Whether one did: if not, there were no more than nth. */
bool shortage_end(void);

#endif
