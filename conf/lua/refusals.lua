-- What lighttpd and Apache refuse themselves: the envelope of every failure, in the words of src/core/error.def.

local refusals = {}

local failures = {
	bad_request = { 400, "The request is malformed." },
	invalid_json = { 400, "The body is not valid JSON: it is empty." },
	length_required = { 400, "The request must have a Content-Length." },
	not_found = { 404, "There is nothing here." },
	method_not_allowed = { 405, "This path does not take the method %s." },
	request_timeout = { 408, "The request took too long to arrive." },
	payload_too_large = { 413, "The body is larger than 1 MiB." },
	uri_too_long = { 414, "The address is too long." },
	rate_limited = { 429, "Too many requests; try again later." },
	headers_too_large = { 431, "The headers are too large." },
	internal_error = { 500, "Something went wrong on our side." },
	method_not_implemented = { 501, "The method %s is not known." },
	bad_gateway = { 502, "No worker could answer the request." },
	service_unavailable = { 503, "The service cannot be reached." },
	gateway_timeout = { 504, "The answer took too long." },
}

-- What the statuses of the servers are in the contract. They have no server error of their own but those of a lost worker.
local codes = {
	[403] = "not_found",
	[404] = "not_found",
	[405] = "method_not_allowed",
	[408] = "request_timeout",
	[411] = "length_required",
	[413] = "payload_too_large",
	[414] = "uri_too_long",
	[429] = "rate_limited",
	[431] = "headers_too_large",
	[500] = "bad_gateway",
	[501] = "method_not_implemented",
	[502] = "bad_gateway",
	[503] = "service_unavailable",
	[504] = "gateway_timeout",
}

-- The code of the contract for a status of the server.
function refusals.code_of(status)
	return codes[status] or "bad_request"
end

-- The caller's request id, if it is one, or else the given one.
function refusals.request_id(wanted, otherwise)
	if wanted and #wanted <= 64 and wanted:find("^[%w._-]+$") then
		return wanted
	end
	return otherwise
end

-- Status and body of a failure; method is the request's.
function refusals.envelope(code, request_id, method)
	local status, message = failures[code][1], failures[code][2]
	if not method or not method:find("^[A-Z_-]+$") or code == "method_not_implemented" then
		method = "in the request"
	end
	local body = '{"ok":false,"error":"%s","code":"%s","request_id":"%s"}'
	return status, body:format(message:format(method), code, request_id)
end

-- The documents load what they need from this server alone.
local policies = {
	docs = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
	redoc = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; worker-src blob:; frame-ancestors 'none'",
}

-- The headers of an answer of the server's own, be it a refusal or a document; path is the request's.
function refusals.headers(status, path)
	local document = path:match("^/(docs)") or path:match("^/(redoc)") or path:match("^/(openapi)")
	local headers = { ["X-Content-Type-Options"] = "nosniff", ["Referrer-Policy"] = "no-referrer", ["Vary"] = "Origin" }
	if document and status < 400 then
		headers["Content-Security-Policy"] = policies[document]
		headers["Cache-Control"] = "no-cache"
	else
		headers["Cache-Control"] = "no-store"
	end
	headers["Content-Security-Policy"] = headers["Content-Security-Policy"] or "default-src 'none'; frame-ancestors 'none'"
	if status >= 400 then
		headers["Content-Type"] = "application/json; charset=utf-8"
	end
	if status == 405 then
		headers["Allow"] = document and "GET, HEAD" or "GET, HEAD, POST, OPTIONS"
	end
	if status == 429 or status == 503 then
		headers["Retry-After"] = "1"
	end
	return headers
end

return refusals
