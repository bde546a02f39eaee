"""What feeds write, and what one would write to do harm: hypothesis strategies of hostile texts."""

from hypothesis import strategies as st

SEEN = """
@nama_kanal /mulai #tagar $BBRI https://t.me/x/@abcdef https://t.me/x(@abcdef) (@abcdef) //go
tg://resolve?domain=x a@b.example http:/@abcdef https://@abcdef https://a/@abcdef x:/mulai "/mulai
<b>tebal</b> **x** [a](b) __y__ ` . … 。 - ! 😀 👨‍👩‍👧 🇮🇩🇮🇩🇮🇩 👍🏽 العربية עברית 北京 क्षि
"""
UNSEEN = (
    *("\u202e", "\u2066", "\u200b", "\u200d", "\u200e\u200f\u200e", "\ufeff", "\u0338", "\ud83d"),
    *("e\u030a", "e\u0333", "\U000e0041", "\x00", "\x1b[31m", "\r", "\n", "\n\n", "\u2028"),
)
fragments = st.sampled_from((*SEEN.split(), *UNSEEN))
texts = st.lists(st.one_of(fragments, st.text(max_size=20)), max_size=60).map(" ".join) | (
    st.text(max_size=9_000)
)
links = st.none() | st.sampled_from(
    [
        "https://berita.example/kim?a=1&b=2",
        'https://berita.example/"><b>',
        "http://[::1",
        "ftp://berita.example/",
        "javascript:alert(1)",
        "tg://user?id=1",
        "https://",
        "https://berita.example/\x1b[2J",
        "https://berita.example/" + "x" * 30_000,
    ]
)
