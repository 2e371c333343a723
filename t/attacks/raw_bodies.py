"""Bodies that no client sends: lengths, codings, chunks, and what follows them."""

import gzip

from fronts import CLOSED
from raw_request import AUTHORIZATION, BODY, CHUNK, END, GET, HOST, LENGTH, POST, TAKEN, TARGET, body, chunks, raw

JSON = b"Content-Type: application/json\r\n"
PICK = POST.replace(JSON, b"").replace(TARGET, TARGET.replace(b"transition", b"pick"))
OLD_PICK = PICK.replace(b"HTTP/1.1", b"HTTP/1.0")
GZIP = gzip.compress(BODY)

# ---- Bodies ------------------------------------------------------------------------------------------------
body("as it should be", LENGTH, BODY, TAKEN)
for value in (
    b"-5",
    b"+5",
    b"5 5",
    b"5,5",
    b"0x28",
    b"4e1",
    b"abc",
    b"",
    b"99999999999999999999",
    b"9223372036854775808",
    b"40.0",
    b'"40"',
    b"40;x",
    b"40\x00",
    b"4_0",
    b"\x0b40",
    b"-0",
    b"\xd9\xa4\xd9\xa0",
):
    body(f"Content-Length: {value}", b"Content-Length: " + value + b"\r\n", BODY, 400)
body("a length of 35 digits", b"Content-Length: " + b"0" * 33 + b"40\r\n", BODY, 400)
for value in (b"040", b" 40", b"40 "):
    body(f"Content-Length: {value}", b"Content-Length: " + value + b"\r\n", BODY, TAKEN)
body("a length with a tab", b"Content-Length: 40\t\r\n", BODY, TAKEN, "tab_behind_a_length")
body("no length", b"", BODY, 400)
body("no length and nothing", b"", b"", 400)
body("length 0", b"Content-Length: 0\r\n", b"", 400)
body("shorter than its length", b"Content-Length: 100\r\n", BODY, (400, CLOSED), "cut_body")
body("longer than its length", b"Content-Length: 10\r\n", BODY, 400)
body("two lengths alike", LENGTH * 2, BODY, 400)
body("two lengths", LENGTH + b"Content-Length: 3\r\n", BODY, 400)
body("three lengths", LENGTH * 3, BODY, 400)
body("a length with a space before the colon", b"Content-Length : 40\r\n", BODY, 400)
body("a length with an underscore", b"Content_Length: 40\r\n", BODY, 400)
for value in (b"1048577", b"2097152", b"2147483648", b"9223372036854775807"):
    body(f"Content-Length: {value}", b"Content-Length: " + value + b"\r\n", b"", 413)
body("1 MiB", b"Content-Length: 1048576\r\n", b" " * 1048576, 400)
body("1 MiB and a byte", b"Content-Length: 1048577\r\n", b" " * 1048577, 413)
for shown, lines, content, expected in (
    ("none, and no length", b"", b"", TAKEN),
    ("of length 0", b"Content-Length: 0\r\n", b"", TAKEN),
    ("none of any type", b"Content-Length: 0\r\nContent-Type: text/plain\r\n", b"", TAKEN),
    ("none of any coding", b"Content-Length: 0\r\nContent-Encoding: gzip\r\n", b"", TAKEN),
    ("{}", JSON + b"Content-Length: 2\r\n", b"{}", TAKEN),
    ("{} of no type", b"Content-Length: 2\r\n", b"{}", 415),
    ("null", JSON + b"Content-Length: 4\r\n", b"null", 400),
    ("a space", JSON + b"Content-Length: 1\r\n", b" ", 400),
):
    raw("body", f"that may be left out: {shown}", PICK + lines + b"\r\n" + content, expected)
    raw("body", f"that may be left out, in HTTP/1.0: {shown}", OLD_PICK + lines + b"\r\n" + content, expected)
for path, expected in ((b"/api/tasks", 405), (b"/docs", 405), (b"/api/none", 404), (b"/api/auth/login", 400)):
    raw("body", f"none, and no length, for {path}", b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n", expected)
raw("body", "none, no length, no token", PICK.replace(AUTHORIZATION, b"") + b"\r\n", 401)
raw("body", "none, no length, a bad Host", PICK.replace(b"Host: x", b"Host: x y") + b"\r\n", 400)
body("expected", b"Expect: 100-continue\r\n" + LENGTH, BODY, TAKEN)
body("expected otherwise", b"Expect: nonsense\r\n" + LENGTH, BODY, 400)
body("expected twice", b"Expect: 100-continue\r\nExpect: 100-continue\r\n" + LENGTH, BODY, 400)
for coding, expected in (
    (b"gzip", 415),
    (b"GZIP", 415),
    (b"br", 415),
    (b"identity, gzip", 415),
    (b"identity\r\nContent-Encoding: gzip", 415),
    (b"nonsense", 415),
    (b"identity", TAKEN),
    (b"", TAKEN),
):
    body(f"Content-Encoding: {coding}", b"Content-Encoding: " + coding + b"\r\n" + LENGTH, BODY, expected)
    lines = b"Content-Encoding: " + coding + b"\r\nContent-Length: %d\r\n" % len(GZIP)
    body(f"Content-Encoding: {coding}, in gzip", lines, GZIP, 415 if expected == 415 else 400)
body("the same type twice", JSON + LENGTH, BODY, 415, "same_line_twice")
body("two types", b"Content-Type: text/plain\r\n" + LENGTH, BODY, (415, 400))
for value in (
    b"application/json; charset=utf-8",
    b'Application/JSON;Charset="UTF-8"',
    b"application/json; charset=iso-8859-1",
    b"application/json;",
    b"application/json ; x",
    b"  application/json  ",
):
    raw("body", f"of type {value}", POST.replace(b"application/json", value) + LENGTH + b"\r\n" + BODY, TAKEN)
body("expected and too large", b"Expect: 100-continue\r\nContent-Length: 2097152\r\n", b"", 413)
for kind in (b"GET", b"HEAD"):
    raw("body", f"of a {kind}", kind + b" /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", 200)
raw("body", "of an OPTIONS", b"OPTIONS /api/tasks HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", 204)
raw("body", "of a TRACE", b"TRACE /api/tasks HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", 405)
raw("body", "for a document", b"POST /docs HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", 405)
raw("body", "too large for nothing", b"POST /api/none HTTP/1.1\r\n" + HOST + b"Content-Length: 2097152\r\n\r\n", 413)
for value in (
    b"text/plain",
    b"application/x-www-form-urlencoded",
    b"application/jsonx",
    b"application/json, text/plain",
    b"application",
    b"application/json charset=utf-8",
    b"application/problem+json",
    b"multipart/form-data; boundary=application/json",
    b'"application/json"',
    b"*/*",
):
    raw("body", value, POST.replace(b"application/json", value) + LENGTH + b"\r\n" + BODY, 415)
raw("body", "of no type", POST.replace(b"Content-Type: application/json\r\n", b"") + LENGTH + b"\r\n" + BODY, 415)

# ---- Transfer codings --------------------------------------------------------------------------------------
for value in (b"chunked", b"Chunked", b"CHUNKED", b" chunked", b"chunked "):
    body(f"Transfer-Encoding: {value}", b"Transfer-Encoding: " + value + b"\r\n", CHUNK + END, TAKEN, "chunks")
for value in (
    b"gzip",
    b"identity",
    b"chunked, identity",
    b"identity, chunked",
    b"gzip, chunked",
    b"chunked, chunked",
    b"xchunked",
    b"chunk",
    b"chunked;q=1",
    b'"chunked"',
    b"",
    b"chunked\x00",
    b"\x0bchunked",
    b"chunked,",
    b",chunked",
    b"trailers",
):
    body(f"Transfer-Encoding: {value}", b"Transfer-Encoding: " + value + b"\r\n", CHUNK + END, 400)
CODED = b"Transfer-Encoding: chunked\r\n"
body("two codings", CODED + b"Transfer-Encoding: identity\r\n", CHUNK + END, 400)
body("a coding and its underscore", b"Transfer_Encoding: chunked\r\n", CHUNK + END, 400)
body("a coding with a space before the colon", b"Transfer-Encoding : chunked\r\n", CHUNK + END, 400)
raw("body", "a coding in HTTP/1.0", (POST + CODED + b"\r\n" + CHUNK + END).replace(b"HTTP/1.1", b"HTTP/1.0"), 400)
for value in (b"40", b"5", b"0", b"1000"):
    body(
        f"length {value} and chunks",
        b"Content-Length: " + value + b"\r\n" + CODED,
        CHUNK + END,
        400,
        "length_and_chunks",
    )
    body(
        f"chunks and length {value}",
        CODED + b"Content-Length: " + value + b"\r\n",
        CHUNK + END,
        400,
        "length_and_chunks",
    )
body("a bad length and chunks", b"Content-Length: x\r\n" + CODED, CHUNK + END, 400)

# ---- Chunks ------------------------------------------------------------------------------------------------
chunks("two", b"a\r\n" + BODY[:10] + b"\r\n1e\r\n" + BODY[10:] + b"\r\n" + END, TAKEN)
chunks("one byte each", b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + END, TAKEN)
chunks("leading zeros", b"00000000000028\r\n" + BODY + b"\r\n" + END, TAKEN)
chunks("capital digits", b"1E\r\n" + BODY[:30] + b"\r\nA\r\n" + BODY[30:] + b"\r\n" + END, TAKEN)
chunks("an extension", b"28;x=y\r\n" + BODY + b"\r\n" + END, TAKEN)
chunks("a quoted extension", b'28;x="y"\r\n' + BODY + b"\r\n" + END, TAKEN)
chunks("a trailer", CHUNK + b"0\r\nX-T: y\r\n\r\n", TAKEN)
chunks("Authorization in the trailer", CHUNK + b"0\r\nAuthorization: Bearer x\r\n\r\n", TAKEN)
chunks("Content-Length in the trailer", CHUNK + b"0\r\nContent-Length: 5\r\n\r\n", TAKEN)
chunks("many zeros at the end", CHUNK + b"000\r\n\r\n", TAKEN)
for size in (b"zz", b"-1", b"+28", b"0x28", b" 28", b"2 8", b"", b"28\xff", b"g", b"ffffffffffffffffff"):
    chunks(f"size {size}", size + b"\r\n" + BODY + b"\r\n" + END, (400, 413))
chunks("no end of the data", b"28\r\n" + BODY + END)
chunks("a size that is too small", b"27\r\n" + BODY + b"\r\n" + END)
chunks("nothing but the end", END)
chunks("no end at all", CHUNK, (400, CLOSED))
chunks("an end that is cut", CHUNK + b"0\r\n", (400, CLOSED))
chunks("half a chunk", b"28\r\n" + BODY[:10], (400, CLOSED))
chunks("1 MiB", b"100000\r\n" + b" " * 0x100000 + b"\r\n" + END)
chunks("1 MiB and a byte", b"100001\r\n" + b" " * 0x100001 + b"\r\n" + END, 413)
chunks("too large, announced", b"200000\r\n", (413, 400, CLOSED))
for shown, content in {
    "a size that is too large": b"29\r\n" + BODY + b"\r\n" + END,
    "LF behind the size": b"28\n" + BODY + b"\r\n" + END,
    "LF behind the data": b"28\r\n" + BODY + b"\n" + END,
    "LF at the end": CHUNK + b"0\n\n",
    "two CR behind the size": b"28\r\r\n" + BODY + b"\r\n" + END,
    "NUL in an extension": b"28;\x00\r\n" + BODY + b"\r\n" + END,
    "a trailer that is none": CHUNK + b"0\r\nnonsense\r\n\r\n",
    "an extension of 20,000 bytes": b"28;" + b"x" * 20000 + b"\r\n" + BODY + b"\r\n" + END,
}.items():
    chunks(shown, content, (400, 413), "loose_chunks")

# ---- More than one request ---------------------------------------------------------------------------------
KEPT = b"Host: x\r\n" + AUTHORIZATION
raw(
    "pipeline",
    "a bad request is the last",
    b"G@T / HTTP/1.1\r\n" + KEPT + b"\r\n" + GET + HOST + b"\r\n",
    400,
    "unknown_method",
)
raw("pipeline", "behind a body", POST + LENGTH + b"\r\n" + BODY + b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", TAKEN)
raw(
    "pipeline",
    "inside a body",
    POST + b"Content-Length: 60\r\n\r\n" + (b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n" * 9)[:60],
    400,
)
