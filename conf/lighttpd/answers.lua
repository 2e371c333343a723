-- The headers of what lighttpd answers itself, and the envelope of what it refuses. It runs before each answer is sent.

package.path = debug.getinfo(1, "S").source:match("^(.*)/") .. "/../lua/?.lua"
local refusals = require("refusals")

local r = lighty.r
if r.req_attr["uri.scheme"] == "https" then
	r.resp_header["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
end
if r.resp_header["X-Request-Id"] then
	return -- the worker has spoken
end

local function random_id()
	local words = {}
	for i = 1, 4 do
		words[i] = ("%08x"):format(lighty.c.rand() & 0xffffffff)
	end
	return table.concat(words)
end

local status = r.req_item.http_status
local method = r.req_attr["request.method"]
local request_id = refusals.request_id(r.req_header["X-Request-Id"], random_id())
local body

if status >= 400 then
	local code = refusals.code_of(status)
	if status == 501 and method and method ~= "" then
		code = "bad_request" -- the method is known: it was the Transfer-Encoding
	end
	status, body = refusals.envelope(code, request_id, method)
	r.resp_body:set({ body })
end
r.resp_header["X-Request-Id"] = request_id
for name, value in pairs(refusals.headers(status, r.req_attr["request.orig-uri"] or "")) do
	r.resp_header[name] = value
end
return body and status
