-- For wrk: posts files in turns, `wrk -s post.lua URL -- FOLDER COUNT KIND`, and tells as JSON what came back.

local bodies, sent = {}, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  for number = 0, tonumber(args[2]) - 1 do
    local file = assert(io.open(args[1] .. "/" .. number, "rb"))
    bodies[number] = file:read("*a")
    file:close()
  end
  wrk.headers["content-type"] = args[3]
  count = tonumber(args[2])
  failed = 0
end

function request()
  sent = sent + 1
  return wrk.format("POST", nil, nil, bodies[sent % count])
end

function response(status)
  if status ~= 200 then
    failed = failed + 1
  end
end

function done(summary, latency)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do
    bad = bad + thread:get("failed")
  end
  print(string.format(
    '{"requests": %d, "failed": %d, "seconds": %.6f, "p50": %.6f, "p99": %.6f}',
    summary.requests, bad, summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6
  ))
end
