/* core/web_address: the parts of an address, and what is none. */
#include <criterion/criterion.h>

#include "core/web_address.h"

Test(web_address, parts)
{
	struct web_address address;
	cr_assert(web_address_parse(TEXT("https://db.example.com:8443/auth/v1"), &address), "all parts");
	cr_expect(text_is(address.scheme, "https"), "scheme");
	cr_expect(text_is(address.host, "db.example.com"), "host");
	cr_expect(text_is(address.port, "8443"), "port");
	cr_expect(text_is(address.path, "/auth/v1"), "path");
	cr_assert(web_address_parse(TEXT("http://[::1]"), &address), "IPv6");
	cr_expect(text_is(address.host, "[::1]"), "host in brackets");
	cr_expect_null(address.port.data, "no port");
	cr_expect_eq(address.path.length, 0, "no path");
	cr_assert(web_address_parse(TEXT("http://[::1]:80/"), &address), "IPv6 with a port");
	cr_expect(text_is(address.port, "80"), "port");
}

Test(web_address, refused)
{
	static const char *const bad[] = {
	    "",
	    "https",
	    "https:",
	    "https:/",
	    "https://",
	    "https:///path",
	    "://host",
	    "1http://host",
	    "ht tp://host",
	    "https://user@host",
	    "https://user:password@host",
	    "https://host:",
	    "https://host:0",
	    "https://host:65536",
	    "https://host:100000",
	    "https://host:8a",
	    "https://host:-1",
	    "https://host?query",
	    "https://host/?query",
	    "https://host#fragment",
	    "https://host/a b",
	    "https://ho st",
	    " https://host",
	    "https://host ",
	    "https://host\n",
	    "https://*.host",
	    "https://[::1",
	    "https://[]",
	    "https://[::1]x",
	    "https://[::g]",
	    "https://h\\ost",
	    "*",
	    "null",
	};
	struct web_address address;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_not(web_address_parse(text_from_string(bad[i]), &address), "\"%s\"", bad[i]);
	cr_expect_not(web_address_parse((struct text){NULL, 0}, &address), "no text");
	cr_expect_not(web_address_parse(TEXT("https://ho\0st"), &address), "a NUL byte");
}

Test(web_address, loopback)
{
	static const struct {
		const char *text;
		bool loopback;
	} cases[] = {
	    {"http://localhost", true},          {"http://LocalHost:9999", true}, {"http://127.0.0.1:54321", true},
	    {"http://127.1.2.3", true},          {"http://[::1]:1", true},        {"http://127.example.com", false},
	    {"http://localhost.example", false}, {"http://10.0.0.1", false},      {"http://[::2]", false},
	    {"http://1.127.0.0", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct web_address address;
		cr_assert(web_address_parse(text_from_string(cases[i].text), &address), "%s", cases[i].text);
		cr_expect_eq(web_address_is_loopback(&address), cases[i].loopback, "%s", cases[i].text);
	}
}
