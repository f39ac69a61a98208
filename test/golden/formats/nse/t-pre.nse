description = "before and after"
categories = {"safe"}
author = "portolan"
prerule = function() return true end
postrule = function() return true end
action = function() return SCRIPT_TYPE == "prerule" and {began="yes", "first"} or "ended\nwell" end
