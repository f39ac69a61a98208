-- The engine adds its functions to whatever library has this name. Strict, as the real one.
return setmetatable({}, { __newindex = function() error "strict" end })
