"""svnserve with a repository that everybody may read. svn_repository.py ADDRESS PORT"""
import os
import pathlib
import subprocess
import sys
import tempfile

if __name__ == "__main__":
    root = pathlib.Path(tempfile.mkdtemp(dir="/tmp")) / "project"
    subprocess.run(["svnadmin", "create", root], check=True, timeout=60)
    (root / "conf/svnserve.conf").write_text("[general]\nanon-access = read\nauth-access = none\n"
                                             "realm = Harbour\n")
    os.execvp("svnserve", ["svnserve", "-d", "--foreground", f"--listen-host={sys.argv[1]}",
                           f"--listen-port={sys.argv[2]}", "-r", str(root)])
