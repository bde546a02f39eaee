"""What the bot says to admins, in Indonesian and English: gettext catalogues read into memory.

May live here: the catalogues (`id/berita.po`, `en/berita.po`) and how they are read. May be
imported: Babel. Every catalogue has the same keys and placeholders; a key is no text in any
language, so that neither of the two is the other's shadow.
"""

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType
from typing import Final

from babel import Locale
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Final = ("id", "en")
FALLBACK: Final = "en"  # for a language that has no catalogue


def read_catalogue(language: str) -> Catalog:
    """Read the .po file of one of LANGUAGES."""
    source = files(__name__).joinpath(language, "berita.po").read_bytes()
    return read_po(BytesIO(source), locale=language, charset="utf-8", abort_invalid=True)


@cache
def read_translations() -> Mapping[str, GNUTranslations]:
    """Read every catalogue, once a process: they are part of the program, and never change."""
    return MappingProxyType({each: _compiled(read_catalogue(each)) for each in LANGUAGES})


def name_in_itself(language: str) -> str:
    """Name one of LANGUAGES in that very language: whoever looks for it can read that."""
    return Locale(language).get_display_name(language) or language


def _compiled(catalogue: Catalog) -> GNUTranslations:
    binary = BytesIO()
    write_mo(binary, catalogue)
    binary.seek(0)
    return GNUTranslations(binary)
