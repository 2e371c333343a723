-- What lighttpd lets through to the worker or the documents: what is HTTP as the other web servers see it. It runs before any
-- other part of lighttpd looks at a request.

local TARGET_MAX = 16000 -- bytes, as for the worker
local LENGTH_DIGITS_MAX = 18 -- of a Content-Length, as for the worker, which sees a number that lighttpd has read

local r = lighty.r
local method = r.req_attr["request.method"]
local target = r.req_attr["request.orig-uri"]
local path = target:match("^[^?]*")

-- What lighttpd has refused already comes here as a GET of its page, with the status in REDIRECT_STATUS, which is that of the
-- answer unless a worker gives one. It stays refused, but for a POST without Content-Length.
local refused = r.req_env["REDIRECT_STATUS"]
if refused == "411" then
	method = "POST"
	r.req_env["REQUEST_METHOD"] = method
	r.req_env["REDIRECT_STATUS"] = "503"
elseif refused then
	return tonumber(refused)
end

local function answer(status)
	if refused then
		r.req_env["REDIRECT_STATUS"] = tostring(status)
	end
	return status
end

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

local function is_address(name)
	local _, count = ("." .. name:gsub("%.$", "")):gsub("%.%d+", "")
	return count == 4 and not ("." .. name):find("%.0%d")
end

-- A host that is no IPv4 address ends in a label that begins with a letter.
local function is_sound_host(host)
	local port = tonumber(host:match(":(%d+)$") or 1)
	local name = host:gsub(":%d+$", "")
	if port == 0 or port > 65535 or name:find("..", 1, true) then
		return false
	elseif name:find("^%[%x*:[%x:.]*%]$") then
		return true
	elseif name:find("^[%d.]+$") then
		return is_address(name)
	end
	return name:find("^[%w_-]+%.?$") or name:find("^[%w_-][%w._-]*%.%a[%w_-]*%.?$")
end

-- The worker's parameters would end at a NUL; a fragment is for the client alone.
if target:find("[\0-\32#\127-\255]") or method == "CONNECT" then
	return answer(400)
end
if #target > TARGET_MAX then
	return answer(414)
end
if method == "TRACE" then
	return answer(405)
end
local host = r.req_header["Host"]
if host and host ~= "" and not is_sound_host(host) then
	return answer(400)
end
local expectation = r.req_header["Expect"]
if expectation and expectation:lower() ~= "100-continue" then
	return answer(400) -- the worker does not see it where there is a body
end
if #(r.req_header["Content-Length"] or "") > LENGTH_DIGITS_MAX then
	return answer(400)
end
if path == "/" then
	r.resp_header["Location"] = "/docs"
	return answer(302)
end
if is_document() then
	if method ~= "GET" and method ~= "HEAD" then
		return answer(405)
	end
elseif looks_like_document() then
	return answer(404)
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
