"""Nmap's own scripts, and the servers that make them say something stable: both programs run
them (test_scripts_nmap.py)."""
from script_case import Case

NMAP_OWN = [
    Case("epmd-info", "epmd", 4369),
    Case("http-title", "apache", 80),
]
