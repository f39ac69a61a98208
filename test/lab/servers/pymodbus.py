"""pymodbus: a Modbus/TCP device with an identification."""
PACKAGES = ["python3-pymodbus", "python3-serial", "python3-serial-asyncio"]
PROGRAM = """
import sys
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartTcpServer
who = ModbusDeviceIdentification()
who.VendorName, who.ProductCode, who.MajorMinorRevision = "Harbour", "Crane", "4.7"
slave = ModbusSlaveContext(hr=ModbusSequentialDataBlock(0, [0] * 10))
StartTcpServer(context=ModbusServerContext(slaves=slave, single=True), identity=who,
               address=("0.0.0.0", int(sys.argv[1])))
"""


def start(run):
    port = run.port("tcp", 1502)    # on 502 nothing is sent by default
    run.spawn(["/usr/bin/python3", "-c", PROGRAM, port])
    run.serves("tcp", port, service="modbus", product="Harbour Crane", version="4.7",
               odd=False, stunnel=False)
