"""Every way to write or reach an address that must not be dialled (research: delivery §6)."""

REFUSED = (
    "0.0.0.0",  # noqa: S104  # nothing is bound here
    "127.0.0.1", "127.255.255.254", "0.1.2.3", "10.0.0.1", "10.255.255.255",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.100.100.200",
    "100.127.255.255", "169.254.169.254", "169.254.170.2", "192.0.0.8", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1",
    "0:0:0:0:0:0:0:1", "::127.0.0.1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "::ffff:a9fe:a9fe", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001::1", "2001:0:7f00:1::1", "2001:2::1", "2001:10::1",
    "2001:db8::1", "fd00:ec2::254", "fc00::1", "fe80::1", "febf::1", "fe80::1%lo", "fe80::1%25lo",
    "2606:4700::1111%eth0", "fec0::1", "ff02::1", "5f00::1", "3fff::1", "100::1", "100:0:0:1::1",
    "4000::1", "e000::1", "::ffff:1:0:1",
)  # fmt: skip
PASSED = (
    "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.1", "168.63.129.15", "172.15.255.255", "172.32.0.0", "192.0.1.1",
    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2606:4700::1111", "2a00:1450:4001::200e", "2001:200::1", "2001:4860::8888", "::ffff:8.8.8.8",
    "2003::1",
)  # fmt: skip

# Spellings that some resolver or browser reads as an address of this machine.
SPELLED = (
    "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1",
    "017700000001", "0", "127.0.0.1.", "0x0", "00", "0x7F000001", "127.0.0.1..",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "０ｘ７ｆ.1", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "127．0．0．1",
    "127｡0｡0｡1", "%31%32%37.0.0.1", "127.0.0.1%00.example", "0x7f.0x0.0x0.0x1", "4294967297",
)  # fmt: skip

# Whole URLs whose host is easily misread.
MISREAD = (
    "http://evil@127.0.0.1/", "http://user:pw@localhost/", "http://a\\@127.0.0.1/",
    "http://127.0.0.1\\@a.b/", "http://ok#@127.0.0.1/", "http://ok?@127.0.0.1/", "http:///x",
    "http:////127.0.0.1/", "//127.0.0.1/", "http:127.0.0.1/", "http:/127.0.0.1/", "http://\t127.0.0.1/",
    "http://127.0.0.1\t/", "http://127.0.0.1\r\n/", "ht\ntp://127.0.0.1/", " http://127.0.0.1/",
    "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:80:443/",
    "http://[::1", "http://::1/", "http://[::1]x/", "http://[::1]:x/", "http://[::1]80/", "http://[fe80::1%25lo]/",
    "http://[::ffff:127.0.0.1%25]/", "http://[127.0.0.1]/", "http://[v1.127.0.0.1]/",
    "http://lo\u200bcalhost/", "http://lo\u00adcalhost/", "http://local\ufe0fhost/",
    "http://localhost\uff0f.example/", "http://127.0.0.1 /", "http://127.0.0.1;a.b/", "http://127.0.0.1,a.b/",
)  # fmt: skip

SCHEMES = (
    "file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:25/x",
    "dict://127.0.0.1:11211/stat", "data:text/xml,x", "unix:///run/x", "ws://127.0.0.1/",
    "wss://127.0.0.1/", "jar:http://127.0.0.1!/", "javascript:alert(1)", "ldap://127.0.0.1/",
    "http+unix://%2Frun%2Fx/", "view-source:http://127.0.0.1/", "blob:http://127.0.0.1/x",
)  # fmt: skip

# Names, and where they lead: one lookup each.
NAMES = {
    "localhost": ("127.0.0.1", "::1"),
    "LOCALHOST": ("127.0.0.1",),
    "localhost.": ("127.0.0.1",),
    "ｌｏｃａｌｈｏｓｔ": ("127.0.0.1",),
    "ℓocalhost": ("127.0.0.1",),
    "localhost.localdomain": ("127.0.0.1",),
    "this-very-host": ("192.168.7.7",),  # the host's own name
    "intranet": ("10.0.0.5",),  # a single label, found in a search domain
    "metadata.google.internal": ("169.254.169.254",),
    "127.0.0.1.wild.example": ("127.0.0.1",),  # wildcard DNS: the name holds the address
    "7f000001.wild.example": ("127.0.0.1",),
    "six.example": ("::1",),
    "mapped.example": ("::ffff:127.0.0.1",),
    "nat64.example": ("64:ff9b::7f00:1",),
    "alias.example": ("172.16.0.9",),  # a CNAME: only the address it ends at is seen
    "half.example": ("8.8.8.8", "::1"),  # AAAA ::1 beside a public A
    "second.example": ("8.8.8.8", "10.0.0.1"),
    "first.example": ("10.0.0.1", "8.8.8.8"),
    "between.example": ("8.8.8.8", "1.1.1.1", "169.254.169.254", "2606:4700::1111"),
}


def in_url(host: str) -> str:
    """Write a host or an address into a URL."""
    return f"http://[{host}]/" if ":" in host else f"http://{host}/"


TARGETS = (*map(in_url, REFUSED), *map(in_url, SPELLED), *map(in_url, NAMES), *MISREAD, *SCHEMES)
