#include "core/context.h"

#include <stdarg.h>

enum error context_fail(struct context *context, enum error error, const char *subject)
{
	context->failure.error = error;
	context->failure.subject = subject;
	return error;
}

enum error context_fail_format(struct context *context, enum error error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *subject = arena_format_list(context->arena, format, arguments);
	va_end(arguments);
	if (!subject)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	return context_fail(context, error, subject);
}

enum error context_fail_faults(struct context *context, struct fault *faults, size_t count)
{
	context->failure.faults = faults;
	context->failure.fault_count = count;
	return context_fail(context, faults[0].error, NULL);
}
