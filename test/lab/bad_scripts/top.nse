-- never gets to its rule
while true do end
