"""As the browser of Microsoft SQL Server with two instances (MC-SQLR)."""
import struct

import speaking

INSTANCES = ("ServerName;HARBOUR;InstanceName;PROD;IsClustered;No;Version;14.0.1000.169;tcp;1433;"
             "np;\\\\HARBOUR\\pipe\\sql\\query;;"
             "ServerName;HARBOUR;InstanceName;OLD;IsClustered;No;Version;9.00.1399.06;tcp;2020;;")


def answer(data):
    if data[:1] in (b"\x02", b"\x03"):
        return b"\x05" + struct.pack("<H", len(INSTANCES)) + INSTANCES.encode()
    return None


speaking.serve_udp(answer)
