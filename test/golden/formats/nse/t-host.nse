description = "a host's"
categories = {"safe"}
author = "portolan"
hostrule = function(host) return true end
action = function(host) return {name="a<b>", sub={k1="v1"}} end
