-- What lighttpd lets through to the worker or the documents: what is HTTP as the other web servers see it. It runs before any
-- other part of lighttpd looks at a request.

local TARGET_MAX = 16000 -- bytes, as for the worker

local r = lighty.r
local method = r.req_attr["request.method"]
local target = r.req_attr["request.orig-uri"]
local path = target:match("^[^?]*")

-- A document has one plain name; any other spelling of it leads nowhere.
local function is_document()
	local rest = path:match("^/docs(.*)$") or path:match("^/redoc(.*)$")
	return path == "/openapi.json" or rest == "" or rest == "/" or rest and rest:find("^/[%w_-][%w._-]*$")
end

-- Whether lighttpd would take the path, decoded, for a document's.
local function looks_like_document()
	local decoded = r.req_attr["uri.path"]
	return decoded:find("^/docs") or decoded:find("^/redoc") or decoded:find("^/openapi")
end

local function is_sound_host(host)
	local name = host:gsub(":[1-9]%d?%d?%d?%d?$", "")
	if name:find("^%[%x*:[%x:.]*%]$") then
		return true
	end
	return name:find("^[%w_-][%w._-]*$") and not name:find("..", 1, true)
end

-- The worker's parameters would end at a NUL; a fragment is for the client alone.
if target:find("[\0-\32#\127-\255]") or method == "CONNECT" then
	return 400
end
if #target > TARGET_MAX then
	return 414
end
if method == "TRACE" then
	return 405
end
local host = r.req_header["Host"]
if host and host ~= "" and not is_sound_host(host) then
	return 400
end
if path == "/" then
	r.resp_header["Location"] = "/docs"
	return 302
end
if is_document() then
	if method ~= "GET" and method ~= "HEAD" then
		return 405
	end
elseif looks_like_document() then
	return 404
end

-- The worker cannot tell X_User from X-User: both are HTTP_X_USER.
local ambiguous = {}
for name in pairs(r.req_header) do
	if name:find("[^%w-]") then
		ambiguous[#ambiguous + 1] = name
	end
end
for _, name in ipairs(ambiguous) do
	r.req_header[name] = nil
end
