"""An FTP server with files for everybody, and a folder to leave some (python3-pyftpdlib).
ftp_writable.py ADDRESS PORT"""
import pathlib
import sys
import tempfile

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

root = pathlib.Path(tempfile.mkdtemp())
for number in range(30):
    (root / f"file{number:02}").write_text("x")
(root / "incoming").mkdir()
(root / "incoming").chmod(0o777)
authorizer = DummyAuthorizer()
authorizer.add_anonymous(str(root))
FTPHandler.authorizer = authorizer
FTPServer((sys.argv[1], int(sys.argv[2])), FTPHandler).serve_forever()
