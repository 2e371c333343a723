#include "middleware/request_id.h"

#include <ctype.h>
#include <string.h>

#include "core/uuid.h"

static bool is_usable(struct text id)
{
	if (id.length == 0 || id.length > HTTP_REQUEST_ID_MAX)
		return false;
	for (size_t i = 0; i < id.length; i++) {
		unsigned char byte = (unsigned char)id.data[i];
		if (byte >= 0x80 || (!isalnum(byte) && byte != '.' && byte != '_' && byte != '-'))
			return false;
	}
	return true;
}

void request_id_choose(struct context *context)
{
	char *chosen = context->response->request_id;
	struct text id = context->request->request_id;
	struct uuid uuid;
	if (is_usable(id)) {
		memcpy(chosen, id.data, id.length);
		chosen[id.length] = '\0';
	} else if (uuid_generate(&uuid)) {
		memcpy(chosen, uuid.text, sizeof(uuid.text));
	} else {
		memcpy(chosen, "unknown", sizeof("unknown"));
	}
}
