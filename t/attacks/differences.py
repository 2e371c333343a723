"""The one list of what the web servers cannot be made to answer alike, and why."""

from fronts import CLOSED

NGINX, LIGHTTPD, PROXY, FCGID = "nginx", "lighttpd", "apache-proxy", "apache-fcgid"

# For each difference the reason, and the statuses of the servers that deviate from what is expected of all.
DIFFERENCES = {
    "bare_lf": (
        "nginx takes a line that ends in a bare LF, as RFC 9112 (2.2) allows, and has no setting against it",
        {NGINX: {200}},
    ),
    "last_lf": ("so does lighttpd at the end of the head", {NGINX: {200}, LIGHTTPD: {200}}),
    "folded_line": (
        "lighttpd and Apache unfold a folded line, as RFC 9112 (5.2) allows, before configuration or worker see it;"
        " nginx refuses it",
        {LIGHTTPD: {200}, PROXY: {200}, FCGID: {200}},
    ),
    "odd_name": (
        "nginx leaves out a header whose name is none, and one without a colon; the others refuse the request",
        {NGINX: {200}},
    ),
    "repeated_line": (
        "nginx refuses a second line of a header of which it wants one, before anything of ours is asked",
        {NGINX: {400}},
    ),
    "unknown_method": (
        "lighttpd refuses a method that it does not know before it looks at the path, and with 501 whatever the"
        " method's bytes; so does nginx a method in small letters",
        {LIGHTTPD: {501}, NGINX: {501, 400}},
    ),
    "absolute_form": (
        "lighttpd takes the path out of an absolute form whose host is that of Host, as RFC 9112 (3.2.2) asks, and"
        " tells nobody",
        {LIGHTTPD: {200}},
    ),
    "empty_line_first": (
        "lighttpd refuses an empty line before the request, which RFC 9112 (2.2) asks to ignore",
        {LIGHTTPD: {400}},
    ),
    "one_size_of_headers": ("lighttpd counts the address among the headers", {LIGHTTPD: {431}}),
    "length_and_chunks": (
        "Apache drops Content-Length where there is Transfer-Encoding, before configuration sees it; it closes the"
        " connection afterwards, so that nothing can be smuggled",
        {PROXY: {404}},
    ),
    "chunks": (
        "mod_fcgid takes what is left of broken chunks for the body, so that bodies in chunks are refused there",
        {FCGID: {400}},
    ),
    "cut_body": ("mod_fcgid says of a client that has gone what it says of a lost worker", {FCGID: {502}}),
    "lost_worker": ("mod_proxy_fcgi says of a lost worker what it says of one that is not there", {PROXY: {503}}),
    "late_worker": (
        "mod_fcgid says of a worker that is late what it says of a lost one, and may have started another in place of one"
        " that was stopped",
        {FCGID: {502, 200}},
    ),
    "slow_head": (
        "lighttpd limits the time between two bytes of a head, not that for the whole of it",
        {LIGHTTPD: {200}},
    ),
    "loose_chunks": (
        "nginx reads chunks by their sizes alone, and lighttpd leaves a stray CR or NUL to the next line",
        {NGINX: {404}, LIGHTTPD: {404, 400, CLOSED}, FCGID: {400}},
    ),
    "tab_behind_a_length": (
        "nginx takes no tab there, where the others cut white space off, and has no setting",
        {NGINX: {400}},
    ),
    "same_line_twice": (
        "lighttpd ignores a second Host or Content-Type that says the same, before configuration sees it",
        {LIGHTTPD: {200, 404}},
    ),
    "ipv6_hosts": ("Apache alone reads the address between the brackets", {NGINX: {200}, LIGHTTPD: {200}}),
}


def allowed(server, expected, difference):
    """The statuses that a server may answer with."""
    statuses = {expected} if isinstance(expected, int) else set(expected)
    return statuses | (DIFFERENCES[difference][1].get(server, set()) if difference else set())
