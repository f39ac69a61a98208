"""git's daemon with a repository of one commit. git_repository.py ADDRESS PORT"""
import os
import pathlib
import subprocess
import sys
import tempfile

WHO = {"GIT_AUTHOR_NAME": "Lab", "GIT_AUTHOR_EMAIL": "lab@lab.test", "GIT_COMMITTER_NAME": "Lab",
       "GIT_COMMITTER_EMAIL": "lab@lab.test"}


def git(*words):
    env = os.environ | WHO | {"GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"}
    return subprocess.run(["git", *map(str, words)], env=env, check=True, capture_output=True,
                          text=True, input="", timeout=60).stdout.strip()


if __name__ == "__main__":
    base = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))
    repository = base / "project.git"
    git("init", "-q", "--bare", "-b", "main", repository)
    tree = git("--git-dir", repository, "mktree")
    commit = git("--git-dir", repository, "commit-tree", "-m", "begin", tree)
    git("--git-dir", repository, "update-ref", "refs/heads/main", commit)
    git("--git-dir", repository, "update-ref", "refs/tags/v1", commit)
    os.execvp("git", ["git", "daemon", "--reuseaddr", "--export-all", f"--listen={sys.argv[1]}",
                      f"--port={sys.argv[2]}", f"--base-path={base}"])
