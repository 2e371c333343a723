-- Counts requests for lighttpd and Apache, which have no rate limits of their own: so many each second, and a burst beyond.

local limits = {}

-- Keys share a fixed number of places, so that no client can make the server remember more and more of them.
local PLACES = 65536

-- A number that decides which keys share a place, so that nobody can aim at another's: one for the whole server.
function limits.new_seed()
	return (os.time() * 7919 + math.floor(os.clock() * 1e6)) % 2147483647
end

-- The number of a key's place.
function limits.place(key, seed)
	local hash = seed
	for i = 1, #key do
		hash = (hash * 257 + key:byte(i)) % 2147483647
	end
	return hash % PLACES
end

-- A token is known by the end of its signature; nil without one, which is not counted.
function limits.token_key(authorization)
	return authorization and authorization:match("[%w_-]+$") and authorization:match("[%w_-]+$"):sub(-32)
end

-- Whether one more request is within the limit. due is what was returned for the place before (0 at first): the moment at which
-- all that it took would have been fair. Returns the new one, or nil: too many.
function limits.take(due, now, rate, burst)
	due = math.max(due, now)
	if due - now > burst / rate then
		return nil
	end
	return due + 1 / rate
end

return limits
