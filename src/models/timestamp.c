#include "models/timestamp.h"

#include "core/timestamp.h"

void timestamp_write(struct json_writer *json, const char *name, struct text timestamp)
{
	char formatted[TIMESTAMP_SIZE];
	json_name(json, name);
	if (!timestamp.data)
		json_null(json);
	else if (timestamp_from_postgresql(timestamp, formatted))
		json_plain(json, (struct text){formatted, TIMESTAMP_LENGTH});
	else
		json->failed = true;
}
