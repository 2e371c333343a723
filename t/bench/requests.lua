-- Sends the requests of a file, over and over, each thread its own share of the lines, and prints one line of JSON at the end.
--
-- A line is METHOD, PATH, TOKEN, ETAG and bodies, with tabs between. Where there are two bodies a line is sent with the first, then with
-- the second, and so on: a task goes there and back.

local thread_count = 0

function setup(thread)
	thread:set("thread_number", thread_count)
	thread_count = thread_count + 1
end

local function headers_of(token, etag, body)
	local headers = { ["Authorization"] = "Bearer " .. token }
	if etag ~= "" then headers["If-None-Match"] = etag end
	if body then headers["Content-Type"] = "application/json" end
	return headers
end

function init(arguments)
	local threads = tonumber(arguments[2])
	local number = 0
	requests, position, turn = {}, 0, 0
	for line in io.lines(arguments[1]) do
		if number % threads == thread_number then
			local fields = {}
			for field in (line .. "\t"):gmatch("([^\t]*)\t") do fields[#fields + 1] = field end
			local formatted = {}
			for i = 5, math.max(5, #fields) do
				local headers = headers_of(fields[3], fields[4], fields[i])
				formatted[#formatted + 1] = wrk.format(fields[1], fields[2], headers, fields[i])
			end
			requests[#requests + 1] = formatted
		end
		number = number + 1
	end
end

function request()
	position = position + 1
	if position > #requests then
		position, turn = 1, turn + 1
	end
	local formatted = requests[position]
	return formatted[turn % #formatted + 1]
end

function done(summary, latency)
	local errors = summary.errors
	io.write(string.format('RESULT {"requests": %d, "seconds": %f, "bytes": %d, "failed": %d, "p50": %f, "p99": %f, "max": %f}\n',
		summary.requests, summary.duration / 1e6, summary.bytes,
		errors.connect + errors.read + errors.write + errors.status + errors.timeout,
		latency:percentile(50), latency:percentile(99), latency.max))
end
