"""Headers that no client sends."""

from raw_request import AUTHORIZATION, GET, HOST, TOKEN, header, raw

for value in (
    b": x",
    b"X-A : b",
    b"X-A\t: b",
    b"X A: b",
    b"X-A: b\rX-C: d",
    b"X\x00Y: 1",
    b"X\x01Y: 1",
    b"X\x7fY: 1",
    *(b"X-A: a" + byte + b"b" for byte in (b"\x00", b"\x01", b"\x08", b"\x0b", b"\x0c", b"\x1b", b"\x1f", b"\x7f")),
    b"Host: y",
    b"Content-Length: 5\r\nContent-Length: 5",
    b"Expect: nonsense",
    b"Expect: 100-continue, more",
    b"Expect: 200-ok",
    b"Expect: 100-continue;q=1",
    b"X-Request-Id: a\x00b",
    b"Idempotency-Key: a\x01b",
    b"If-None-Match: \x7f",
    b"X-A\r: b",
):
    header(value, 400)
for byte in b'@()<>,;\\"/[]?={}\xff':
    header(b"X" + bytes([byte]) + b"Y: 1", 400, "odd_name")
header(b"nonsense", 400, "odd_name")
header(b"X-A: b\r\r", 400, "bare_lf")
header(b"X-A: b\nX-C: d", 400, "bare_lf")
raw("header", "LF at the end", GET + HOST + AUTHORIZATION + b"\n", 400, "last_lf")
for value in (b"X-A: b\r\n c", b"X-A: b\r\n\tc", b"X-A: b\r\n \r\n c"):
    header(value, 400, "folded_line")
raw("header", "a folded one first", GET + b" x\r\n" + HOST + AUTHORIZATION + b"\r\n", 400)
for value in (
    b"X-A:",
    b"X-A:b",
    b"X-A:    b   ",
    b"X-A: a\tb",
    b"X-A: \xc3\xbc\xff",
    b"X!#$%&'*+.^_`|~Y: 1",
    b"X_Request_Id: spoofed",
    b"Content_Length: 5",
    b"Transfer_Encoding: chunked",
    b"Proxy: http://evil.example.com",
    b"X-HTTP-Method-Override: DELETE",
    b"X-Forwarded-For: 127.0.0.1",
    b"X-Original-URL: /healthz",
    b"X-Rewrite-URL: /healthz",
    b"Forwarded: for=x",
    b"Via: 1.1 x",
    b"Max-Forwards: 0",
    b"TE: trailers",
    b"Upgrade: websocket",
    b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    b"Range: bytes=0-1",
    b"If-Modified-Since: nonsense",
    b"If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
    b"Expect:",
    b"Accept: text/html",
    b"Accept-Encoding: *;q=0",
    b"Cookie: a=b\r\nCookie: c=d",
    b"X-Request-Id: a\r\nX-Request-Id: b",
    b"Origin: http://a\r\nOrigin: http://b",
    b"Status: 500",
    b"Content-Length: 0",
    b"Content-Type: text/plain",
    b"Content-Encoding: gzip",
    b"Accept:",
    b"Accept: */*;q=0",
    b"Accept: application/json;q=0",
    b"Accept: nonsense",
    b"Accept: application/json\r\nAccept: text/html",
    b"Accept-Charset: utf-16",
    b"Accept-Encoding: identity;q=0",
    b"Accept-Language: \xff",
    b"If-None-Match:",
    b"If-None-Match: nonsense",
    b'If-None-Match: W/"1-a", "2-b", *',
    b"If-Match: nonsense",
    b'If-Match: "1-a"',
    b"If-Range: nonsense",
    b"Range: bytes=0-0\r\nIf-Range: \"1-a\"",
    b"Range: nonsense",
    b"If-Modified-Since: Sat, 29 Oct 2094 19:43:31 GMT",
    b"Idempotency-Key: " + b"x" * 200,
    b"Upgrade: TLS/1.0",
    b"Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13",
    b"TE: gzip, chunked;q=0",
    b"Trailer: Authorization",
    b"Keep-Alive: timeout=0",
    b"Proxy-Authorization: Basic eDp5",
    b"Proxy-Connection: keep-alive",
    b"Connection: Authorization",
    b"Date: nonsense",
    b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    b"Remote-Addr: 127.0.0.1",
    b"Request-Method: DELETE",
    b"Redirect-Status: 411",
    b"Content-Location: /healthz",
    b"X-A: " + b"\t" * 100,
):
    header(value, 200)
header(b'If-Match: "1-a"\r\nIf-Match: "1-a"', 200, "repeated_line", shown="If-Match twice, of a read")
header(b'If-None-Match: "1-a"\r\nIf-None-Match: "2-b"', 200, "repeated_line")
for value in (
    b"Bearer",
    b"Bearer ",
    b"Basic eDp5",
    b"",
    b"Bearer x",
    b"Bearer a, Bearer b",
    b"Bearer  " + TOKEN,
    TOKEN,
):
    header(b"Authorization: " + value, 401, authorization=b"")
header(b"X-A: b", 401, authorization=b"", shown="no Authorization")
for value in (b"bearer " + TOKEN, b"BEARER " + TOKEN, b"Bearer " + TOKEN + b" \t", b"\tBearer " + TOKEN):
    header(b"Authorization: " + value, 200, authorization=b"")
for value in (b"Bearer " + TOKEN + b"\x00", b"Bearer\x0b" + TOKEN):
    header(b"Authorization: " + value, 400, authorization=b"")
header(b"Authorization: Bearer " + TOKEN, 401, "repeated_line", shown="a second Authorization")
for value in (
    b"",
    b"x y",
    b"x/y",
    b"x:abc",
    b"x:-1",
    b"x:",
    b":80",
    b"::1",
    b"[::1",
    b"[x]",
    b"x@y",
    b"x?y",
    b"x#y",
    b"x\\y",
    b"x%00",
    b"x\x00y",
    b"x\xff",
    b"..",
    b".",
    b"x..y",
    b"x,y",
    b"x;y",
    b"x'y",
    b'x"y',
    b"<x>",
    b"x|y",
    b"*",
    b"x*y",
    b"x/../y",
    b"x{y}",
    b"x:80:80",
    b"x:0",
    b"x:65536",
    b"x:99999",
    b"x:123456789012345678901",
    b"[::1]:99999",
    b"[]",
    b"[::g]",
    b"[::1%25eth0]",
    b"123",
    b"0",
    b"1.2.3",
    b"1.2.3.4.5",
    b"01.2.3.4",
    b"x.1",
    b"x.1a",
    b"x.-a",
):
    header(b"Host: " + value, 400, host=b"Connection: close\r\n")
for value in (
    b"x:80",
    b"127.0.0.1",
    b"[::1]",
    b"[::1]:80",
    b"localhost",
    b"a" * 63 + b".example.com",
    b"x_y",
    b"api-1.example.com",
    b"x.",
    b"1x",
    b"1.x",
    b"1-2",
    b"x.a1",
    b"_",
    b"x:1",
    b"x:065",
    b"x:65535",
    b"0.0.0.0",
    b"1.2.3.4:80",
    b"EXAMPLE.com",
):
    header(b"Host: " + value, 200, host=b"Connection: close\r\n")
for value in (b"[1:2]", b"[:]", b"[:::::::]"):
    header(b"Host: " + value, 400, "ipv6_hosts", host=b"Connection: close\r\n")
header(b"X-A: b", 400, host=b"Connection: close\r\n", shown="no Host")
header(b"Host: x", 400, "same_line_twice", shown="the same Host twice")
header(b"Host: x\r\nHost: y", 400, shown="three Hosts")
raw("header", "Host in HTTP/1.0", b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n", 200)
raw("header", "none in HTTP/1.0", b"GET /healthz HTTP/1.0\r\n\r\n", 200)
raw("header", "a bad Host in HTTP/1.0", b"GET /healthz HTTP/1.0\r\nHost: x y\r\n\r\n", 400)
for size, expected in (
    (9000, 200),
    (15900, 200),
    (16001, 431),
    (16200, 431),
    (20000, 431),
    (60000, 431),
    (200000, 431),
):
    header(b"X-Long: " + b"y" * size, expected, shown=f"{size} bytes")
header(b"X" * 5000 + b": y", 200, shown="a name of 5000 bytes")
for count, size, expected in ((90, 1, 200), (30, 1000, 200), (50, 1000, 431)):
    lines = b"\r\n".join(b"X-%d: " % number + b"y" * size for number in range(count))
    header(lines, expected, shown=f"{count} headers of {size} bytes")
header(b"\r\n".join(b"X-%d: y" % number for number in range(2000)), 431, shown="2000 headers")
for size, expected in ((9000, 401), (17000, 431)):
    header(b"Authorization: Bearer " + b"a" * size, expected, authorization=b"", shown=f"a token of {size} bytes")
