description = "a host's and a port's"
categories = {"safe"}
author = "portolan"
hostrule = function(host) return true end
action = function(host, port) return "of a host\nin two lines" end
