"""PURE: the words of a title that a filter may go by: those that say what it is about."""

import re
import unicodedata
from typing import Final

LETTERS_MIN, LETTERS_MAX = 3, 40
_WORD: Final = re.compile(r"\w+")
# What stands in every other title says nothing of any: Indonesian, then English.
_LISTED: Final = """
ada adalah agar akan akibat aku anda antara apa apakah atas atau bagai bagaimana bagi bahwa
baik baru beberapa begini begitu belum benar berapa berbagai berita bersama bila bisa boleh
buat bukan cara dalam dan dapat dari daripada demi dengan dia diduga dulu hal hanya hari harus
hingga ini itu jadi jangan jelang jika juga kala kalau kali kami kamu kan kapan karena ke
kemarin kembali kepada ketika kini kita kok lagi lain lalu lebih maka makin mana masih mau
melalui memang menjadi menurut mereka meski mulai nah nanti oleh pada paling para per pernah
pula pun saat saja saling sama sambil sampai sana sangat satu saya sebab sebagai sebuah secara
sedang segera sehingga sejak sekali sekarang selain selalu selama semua seorang seperti sering
serta sesudah setelah setiap siapa sini situ soal suatu sudah supaya tak tanpa tapi telah tentang
terhadap terkait terlalu tersebut tetap tetapi tiap tidak untuk usai wah ya yaitu yakni yang
about after again all also and any are because been before being but can could did does during
each for from get gets had has have her here him his how into its just may might more most
must new news nor not now off once one only other our out over own per said same says she
should since some still such than that the their them then there these they this those too
under until upon very was way were what when where which while who whom whose why will with
without would you your
"""
_COMMON: Final = frozenset(_LISTED.split())


def title_words(title: str, *, words_max: int) -> tuple[str, ...]:
    """List up to `words_max` different words of a title, as a rule of words finds them.

    Left out is what stands in every other title, and what has fewer than LETTERS_MIN letters or
    more than LETTERS_MAX.
    """
    found: dict[str, str] = {}  # case-folded → as it is written first
    for word in _WORD.findall(unicodedata.normalize("NFKC", title)):
        folded = word.casefold()
        fits = LETTERS_MIN <= len(word) <= LETTERS_MAX and any(map(str.isalnum, word))
        if fits and folded not in _COMMON:
            found.setdefault(folded, word)
    return tuple(found.values())[:words_max]
