"""What one of our scripts says of a real server of test/lab/servers: the tables in
scripts/*.py are lists of these."""
import dataclasses


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    script: str             # "http-title"
    # A module of servers/, or "speaker:NAME": test/lab/speakers/NAME.py, started with an address
    # and this case's port; None: a host without servers (for a script that needs none).
    server: str | None
    port: int | None        # its standard port; None: a host script, or one before the scan
    transport: str = "tcp"
    tls: bool = False       # the port behind stunnel, where there is one
    args: str = ""          # --script-args
    version: bool = False   # with -sV
    options: tuple = ()     # more of the command line: ("-e", "lan")
    alone: bool = False     # in a network of its own: no other server hears a broadcast
    # Key to a regular expression that its value matches (re.search); a dotted key goes into
    # tables ("subject.commonName"), a number takes that element ("1"); of a table, any of its
    # texts may match. None: it must be absent.
    values: dict = dataclasses.field(default_factory=dict)
    text: str = ""          # a regular expression that the output matches
    silent: bool = False    # it must say nothing
    findings: tuple = ()    # ids of findings that it must report, and no others of its own
    # Debian's nmap with its script of this name gives the same structured output (without one:
    # the same text). `masked`: regular expressions of what may differ (times, random values).
    same_as_nmap: bool = False
    masked: tuple = ()
    masked_keys: tuple = ()     # names of entries, wherever they are, whose values may differ
    unordered: bool = False     # the order of its lists (of a text's words) is Nmap's whim
