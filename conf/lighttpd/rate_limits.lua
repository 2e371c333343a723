-- Rate limits: requests of one address, and requests with one token; beyond them: 429.

package.path = debug.getinfo(1, "S").source:match("^(.*)/") .. "/../lua/?.lua"
local limits = require("limits")

local r = lighty.r

local function refuse()
	if r.req_env["REDIRECT_STATUS"] then
		r.req_env["REDIRECT_STATUS"] = "429" -- as in gate.lua
	end
	return 429
end

-- Requests each second, and how many more at once.
local ADDRESS_RATE, ADDRESS_BURST = 50, 100
local TOKEN_RATE, TOKEN_BURST = 20, 40

-- lighttpd is one process, and keeps what stands in _G.
_G.eventflow_seed = _G.eventflow_seed or limits.new_seed()
_G.eventflow_due = _G.eventflow_due or { address = {}, token = {} }

local seconds, nanoseconds = lighty.c.hrtime()
local now = seconds + nanoseconds / 1e9

local function is_over(kind, key, rate, burst)
	local place = limits.place(key, eventflow_seed)
	local due = limits.take(eventflow_due[kind][place] or 0, now, rate, burst)
	if due then
		eventflow_due[kind][place] = due
	end
	return not due
end

if is_over("address", r.req_attr["request.remote-addr"], ADDRESS_RATE, ADDRESS_BURST) then
	return refuse()
end
local token = limits.token_key(r.req_header["Authorization"])
if token and is_over("token", token, TOKEN_RATE, TOKEN_BURST) then
	return refuse()
end
