--- As much of the engine's `nmap` as the library's parts without a network use.
-- Tests set the fields of stub.state.

local stub = { log = {}, state = {} }

local state = stub.state

--- As at the start of a run.
function stub.reset()
	for key in pairs(state) do
		state[key] = nil
	end
	state.debugging, state.verbosity, state.family = 0, 0, "inet"
	state.files, state.interfaces, state.targets = {}, {}, {}
	stub.log = {}
	stub.nmap.registry = { args = {} }
end

stub.nmap = {
	registry = { args = {} },
	debugging = function() return state.debugging end,
	verbosity = function() return state.verbosity end,
	address_family = function() return state.family end,
	version_intensity = function() return state.intensity or 7 end,
	port_is_excluded = function(port, protocol) return state.excluded == protocol .. port end,
	log_write = function(_, text) stub.log[#stub.log + 1] = text end,
	clock = function() return 1700000000.5 end,
	clock_ms = function() return 1700000000500.0 end,
	get_interface = function() return state.interface end,
	list_interfaces = function() return state.interfaces end,
	fetchfile = function(name) return state.files[name] end,
	new_targets_num = function() return #state.targets end,
	add_targets = function(...)
		for _, target in ipairs { ... } do
			state.targets[#state.targets + 1] = target
		end
		return select("#", ...)
	end,
	get_random_bytes = function(count)
		local out = {}
		for i = 1, count do
			out[i] = string.char(math.random(0, 255))
		end
		return table.concat(out)
	end,
	socket = { sleep = function() end },
}

stub.reset()
return stub
