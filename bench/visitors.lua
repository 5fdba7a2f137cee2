-- For wrk: a thousand visitors, one after the other, each with a session of its own.
local visitor = 0

function request()
	visitor = visitor % 1000 + 1
	wrk.headers["Cookie"] = string.format("PHPSESSID=visitor%07d", visitor)
	return wrk.format("GET")
end

-- An answer that is not the page is no request.
function done(summary, latency, requests)
	local errors = summary.errors
	local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
	io.write(string.format("requests %d us %d failed %d\n", summary.requests, summary.duration, failed))
end
