-- What Apache refuses itself, and the rate limits, for mod_lua.

require("apache2")
local limits = require("limits")
local refusals = require("refusals")

-- The code of the contract for what Apache refuses. It says 400 for headers that are too large, and for a path that it cannot
-- decode, which leads nowhere.
local function code_of(status, request_line, notes)
	local path = request_line:match("^[A-Z_-]+ (/[^ ?]*)") or ""
	if status ~= 400 then
		return refusals.code_of(status)
	elseif notes:find("request header field") then
		return "headers_too_large"
	elseif path:find("%", 1, true) or path:find("/..", 1, true) then
		return "not_found"
	end
	return "bad_request"
end

local function request_id_of(r)
	local unique_id = (r.subprocess_env["UNIQUE_ID"] or "unknown"):gsub("[^%w._-]", "-")
	return refusals.request_id(r.headers_in["X-Request-Id"], unique_id)
end

-- The way from the root to the documents. Apache takes "/." and the like for the root, too; they are the worker's.
function lead_to_documents(r)
	if not r.the_request:find("^%S+ /%f[ ?]") then
		return apache2.DECLINED
	end
	for name, value in pairs(refusals.headers(302, "/")) do
		r.err_headers_out[name] = value
	end
	r.err_headers_out["Location"] = "/docs"
	r.err_headers_out["X-Request-Id"] = request_id_of(r)
	r.content_type = "text/plain"
	r.status = 302
	return apache2.OK
end

-- Answers in place of Apache's own pages (ErrorDocument).
function refuse(r)
	local status = tonumber(r.subprocess_env["REDIRECT_STATUS"])
	if not status then
		return apache2.DECLINED -- somebody has asked for this very path
	end
	local method, path = r.the_request:match("^(%S*) ?(%S*)")
	local request_id = request_id_of(r)
	local code = code_of(status, r.the_request, r.subprocess_env["REDIRECT_ERROR_NOTES"] or "")
	local body
	r.status, body = refusals.envelope(code, request_id, method)
	for name, value in pairs(refusals.headers(r.status, path)) do
		r.err_headers_out[name] = value
	end
	r.content_type = r.err_headers_out["Content-Type"]
	r.err_headers_out["Content-Type"] = nil
	r.err_headers_out["X-Request-Id"] = request_id
	r:puts(body)
	return apache2.OK
end

-- Requests each second, and how many more at once: of one address, and with one token. Each of Apache's processes counts for
-- itself.
local ADDRESS_RATE, ADDRESS_BURST = 50, 100
local TOKEN_RATE, TOKEN_BURST = 20, 40

-- What the threads of a process share, each of which has a Lua of its own.
local function seed_of(r)
	local seed = r:ivm_get("eventflow seed")
	if not seed then
		seed = limits.new_seed()
		r:ivm_set("eventflow seed", seed)
	end
	return seed
end

local function is_over(r, kind, key, rate, burst)
	local place = ("eventflow %s %d"):format(kind, limits.place(key, seed_of(r)))
	local due = limits.take(r:ivm_get(place) or 0, r:clock() / 1e6, rate, burst)
	if due then
		r:ivm_set(place, due)
	end
	return not due
end

-- Refuses what is over a limit with 429 (LuaQuickHandler).
function rate_limits(r)
	if r.subprocess_env["REDIRECT_STATUS"] then
		return apache2.DECLINED -- it is refused already
	end
	local token = limits.token_key(r.headers_in["Authorization"])
	if is_over(r, "address", r.useragent_ip, ADDRESS_RATE, ADDRESS_BURST) or
		token and is_over(r, "token", token, TOKEN_RATE, TOKEN_BURST) then
		return 429
	end
	return apache2.DECLINED
end
