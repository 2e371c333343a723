"""JSON texts, each with whether RFC 8259, under the contract's limits, lets it pass: an integer fits 64 bits, a number
a double, nothing nests deeper than 16, no name comes twice, and U+0000 is nowhere.

VALUES stand where a value may stand; BODIES are whole. A text is bytes, for many of them are no text at all.
"""

# fmt: off


def values(is_sound, family, *texts):
    for number, text in enumerate(texts):
        yield f"{family}-{number}", text if isinstance(text, bytes) else text.encode(), is_sound


def accept(family, *texts):
    return list(values(True, family, *texts))


def refuse(family, *texts):
    return list(values(False, family, *texts))


def string(content):
    return b'"' + content + b'"'


def nested(depth, opening=b"[", closing=b"]", inside=b""):
    return opening * depth + inside + closing * depth


OUTER = 4  # how deep a value of VALUES stands in the body
CONTROLS = [string(b"a" + bytes([code]) + b"b") for code in range(0x20)]

# Continuations and starts alone, overlong forms, halves of UTF-16, what is beyond U+10FFFF, and what is cut short.
NO_UTF8 = (
    b"\x80", b"\xbf", b"a\x80b", b"\xfe", b"\xff", b"\xfe\xff", b"\xc3\xc3\xbc", b"\xe4", b"\xfc",
    b"\xc0\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\x80", b"\xe0\x80\xaf", b"\xe0\x9f\xbf",
    b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf",
    b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xb0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80",
    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80",
    b"\xc3", b"\xc3a", b"\xe2\x82", b"\xe2\x82a", b"\xe2a\x82", b"\xf0\x9d\x84", b"\xf0\x9d\x84a", b"\xf0\x9d",
)

VALUES = [
    *accept("literal", "true", "false", "null", '"true"'),
    *refuse(
        "literal", "True", "TRUE", "tru", "truee", "nul", "Null", "NULL", "nil", "none", "undefined", "yes", "fals",
        "falsee", "t", "n", "f",
    ),
    *accept(
        "integer", "0", "-0", "1", "-1", "10", "1234567890", "9223372036854775807", "-9223372036854775808",
        "9007199254740993",
    ),
    *refuse(
        "integer", "01", "-01", "00", "-00", "000", "+1", "+0", "--1", "-", "+", "-a", "- 1", "1_000", "1 000",
        "0x10", "0X1F", "0b1", "0o7", "1a", "1l", "1u", "017", "08",
    ),
    *refuse(
        "integer-too-large", "9223372036854775808", "-9223372036854775809", "18446744073709551615", "1" + "0" * 19,
        "1" * 400, "-" + "9" * 1000,
    ),
    *accept(
        "fraction", "0.0", "-0.0", "0.5", "1.25", "123.456", "0.1", "0.000001", "1." + "0" * 300,
        "3.141592653589793",
    ),
    *refuse(
        "fraction", "1.", "-1.", ".5", "-.5", "1..2", "1.2.3", "1.a", "0.", ".", "-.", "1. 5", "1 .5", "1,5",
        "1.e5", ".e5",
    ),
    *accept(
        "exponent", "1e5", "1E5", "1e+5", "1e-5", "0e0", "0E+0", "1.5e3", "1e0000005", "1.7976931348623157e308",
        "2.2250738585072014e-308", "1e-400",
    ),
    *refuse(
        "exponent", "1e", "1E", "1e+", "1e-", "1e5.5", "e5", "1ee5", "1e5e", "1e 5", "1 e5", "1e0x5", "1e++5",
        "1eE5", "-e5",
    ),
    *refuse("number-too-large", "1e309", "-1e309", "1e400", "1e99999", "2e308", "123e307", "1" + "0" * 400 + ".0"),
    *refuse(
        "number-of-another-kind", "NaN", "nan", "-NaN", "Infinity", "-Infinity", "+Infinity", "inf", "Inf", "-inf",
        "1#INF", "١", "１", "½", "∞",
    ),
    *accept(
        "string", '""', '" "', '"a"', '"a b"', '"\\""', '"\\\\"', '"\\/"', '"/"', '"\\b\\f\\n\\r\\t"', '"\x7f"',
        '"ü"', '"€"', '"𝄞"', '"e\u0301"', '"\u202e"', '"\ufeff"', '"\ufffe\uffff"', '"\u2028\u2029"', '"\\u0061"',
        '"\\u00fc"', '"\\u00FC"', '"\\uABCD\\uabcd"', '"\\u0001"', '"\\u001f"', '"\\ufffe"', '"\\ud834\\udd1e"',
        '"\\uD834\\uDD1E"', '"\\udbff\\udfff"', '"\\ud800\\udc00"', '"\\\\u0000"', '"\\\\ud800"',
    ),
    *refuse(
        "string-escape", '"\\a"', '"\\x41"', '"\\v"', '"\\0"', '"\\1"', '"\\e"', '"\\U0041"', '"\\\'"', '"\\ "',
        '"\\ü"', '"\\"', '"\\u"', '"\\u0"', '"\\u00"', '"\\u004"', '"\\u004g"', '"\\u 041"', '"\\u+041"',
        '"\\u-041"', '"\\u{41}"', '"\\N"', '"\\\n"',
    ),
    *refuse(
        "string-surrogate", '"\\ud800"', '"\\udbff"', '"\\udc00"', '"\\udfff"', '"\\ud800a"', '"\\ud800\\n"',
        '"\\ud800\\u0041"', '"\\ud800\\ud800"', '"\\udc00\\ud800"', '"\\ud834\\\\udd1e"', '"\\ud834\\udd1"',
        '"\\ud834\\u"', '"\\ud834\\"', '"a\\udead"', '"\\uD83D\\uD83D\\uDE00"',
    ),
    *refuse("string-nul", '"\\u0000"', '"a\\u0000"', '"\\u0000a"', '"a\\u0000b"', '"\\u00000"'),
    *refuse("string-control", *CONTROLS),
    *refuse("string-utf8", *map(string, NO_UTF8)),
    *refuse(
        "string-quote", "'a'", "''", "a", '"a', 'a"', '"a"b"', '"a""b"', '"a" "b"', "`a`", "“a”", '"""a"""', '"',
        '"a\\"',
    ),
    *accept("array", "[]", "[ ]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[],[[]]]", "[null,true,1,\"a\",{}]", "[\n\t1\r\n]"),
    *refuse(
        "array", "[", "]", "[1", "1]", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[1}", "[1,2",
        "[[1]", "[1]]", "(1)", "[1],", "[a]", "[1,\n]", "[\"a\":1]", "[x", "[1,[2,]",
    ),
    *accept(
        "object", "{}", "{ }", '{"a":1}', '{"a":1,"b":2}', '{ "a" : 1 , "b" : { } }', '{"":1}', '{"ü":1}',
        '{"\\u0061":1,"b":2}', '{"a":{"a":{"a":1}}}', '{"a":1,"A":2}', '{"a":1," a":2}',
    ),
    *refuse(
        "object", "{", "}", '{"a"', '{"a":', '{"a":1', '"a":1}', '{"a":1,}', '{,"a":1}', "{,}", '{"a":1,,"b":2}',
        '{"a" 1}', '{"a"::1}', '{"a";1}', '{"a"=1}', '{"a":1 "b":2}', '{"a":1;"b":2}', "{a:1}", "{'a':1}", "{1:1}",
        "{null:1}", "{true:1}", "{[]:1}", '{"a"}', '{"a","b"}', '{:1}', '{"a":}', '{"a":1]', '{"a":1}}', '{"a":[}]',
        '{"a":1,"b"}', '{{"a":1}}', '{"a":1 /**/}',
    ),
    *refuse(
        "duplicate-name", '{"a":1,"a":2}', '{"a":1,"a":1}', '{"a":1,"b":2,"a":3}', '{"a":1,"\\u0061":2}',
        '{"\\u0061":1,"\\u0061":2}', '{"x":{"a":1,"a":2}}', '[{"a":1,"a":2}]', '{"":1,"":2}', '{"ü":1,"\\u00fc":2}',
        '{"\\ud834\\udd1e":1,"𝄞":2}', '{"/":1,"\\/":2}',
    ),
    *refuse(
        "name", '{"\\u0000":1}', '{"a\\u0000b":1}', '{"\\ud800":1}', b'{"\xff":1}', b'{"\xc0\xaf":1}', '{"a\nb":1}',
        '{"\\x":1}', '{"a":1,"\\u00":2}',
    ),
    *refuse("comment", "/* */1", "1/* */", "1//", "// a\n1", "#1", "1 # a", "<!-- -->1", "--1", "[1/**/,2]"),
    *accept("white-space", " 1", "1 ", "\t1", "\n1", "\r1", " \t\n\r1\r\n\t "),
    *refuse(
        "white-space", "\x0b1", "\x0c1", "\u00a01", "\u20281", "\u30001", "\u200b1", "\ufeff1", "1\ufeff", "\x001",
        "1\x00", "\x1f1", "\x851",
    ),
    *accept(
        "depth", nested(16 - OUTER), nested(16 - OUTER - 1, inside=b"1"),
        nested(16 - OUTER - 1, b'{"a":', b"}", b"{}"), b"[" + b"[]," * 500 + b"[]]",
    ),
    *refuse(
        "depth", nested(17 - OUTER), nested(17 - OUTER, b'{"a":', b"}", b"{}"), nested(100), nested(10000),
        nested(50000, inside=b"1"), b"[" * 100000, b'{"a":' * 100000, b"[[" * 5000 + b"1",
    ),
]

OBJECT = b'{"next_state":"DONE","reason":"Signed."}'

BEHIND = (b"x", b"}", b"]", b'"', b"\x00", b"\x00\x00", b"//", b"\xef\xbb\xbf", b"\xff", b" x", b"\nnull", b"1")
BEFORE = (b"\xef\xbb\xbf", b"\x00", b"\xff\xfe", b"x", b",", b")]}',\n", b"while(1);", b"//\n", b"\x0b")

BODIES = [
    *refuse("no-document", "", " ", "\n", "\t\r\n ", b"\x00", "\ufeff"),
    *refuse(
        "two-documents", OBJECT + OBJECT, OBJECT + b"{}", OBJECT + b" " + OBJECT, OBJECT + b"\n" + OBJECT,
        OBJECT + b",", OBJECT + b"," + OBJECT,
    ),
    *refuse("bytes-behind", *(OBJECT + end for end in BEHIND)),
    *refuse("bytes-before", *(start + OBJECT for start in BEFORE)),
    *refuse(
        "another-encoding", OBJECT.decode().encode("utf-16"), OBJECT.decode().encode("utf-16-le"),
        OBJECT.decode().encode("utf-16-be"), OBJECT.decode().encode("utf-32"), '{"reason":"ü"}'.encode("latin-1"),
    ),
    *refuse("cut-short", *(OBJECT[:length] for length in range(1, len(OBJECT)))),
    *refuse(
        "another-format", "next_state=DONE&reason=x", "<a/>", "next_state: DONE", "---\na: 1",
        "{next_state:'DONE'}", "%7B%7D", "\x93NUMPY", "PK\x03\x04",
    ),
]
