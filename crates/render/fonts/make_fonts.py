"""Makes the fonts of this folder that are cut out of others.

    pip install fonttools==4.68.0
    python make_fonts.py rare NotoSansCJK-Regular.ttc BIZUDPGothic-Regular.ttf RareKanji-Regular.otf
    python make_fonts.py figures BIZUDPGothic-Regular.ttf Figures-Regular.ttf
    python make_fonts.py figures BIZUDPGothic-Bold.ttf Figures-Bold.ttf
"""

import sys

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

# Time stamps of the sources are kept, so that the same input makes the same bytes.


def jis_x_0213():
    """Every character of JIS X 0213:2004."""
    found = set()
    for row in range(0x21, 0x7F):
        for cell in range(0x21, 0x7F):
            for plane in (b"", b"\x8f"):
                try:
                    text = (plane + bytes([row | 0x80, cell | 0x80])).decode("euc_jis_2004")
                except UnicodeDecodeError:
                    continue
                found |= {ord(character) for character in text}
    return found


def block(first, last):
    return set(range(first, last + 1))


def cut(face, unicodes):
    """Keeps these characters and nothing that only typesetting other scripts needs."""
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS", "GDEF", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(unicodes))
    subsetter.subset(face)


def rename(face, family, style):
    """A changed font bears a name of its own; copyright and licence entries stay."""
    names = {1: family, 2: style, 3: f"{family} {style}", 4: f"{family} {style}",
             6: f"{family.replace(' ', '')}-{style}"}
    table = face["name"]
    table.names = [r for r in table.names if r.langID == 0x409 and r.nameID not in (16, 17, 21, 22)]
    for identifier, text in names.items():
        table.setName(text, identifier, 3, 1, 0x409)
    if "CFF " in face:
        face["CFF "].cff.fontNames = [names[6]]


def rare(collection, covered, target):
    """What BIZ UDPGothic lacks, from Noto Sans CJK JP Regular."""
    wanted = (
        jis_x_0213()
        | block(0x00A0, 0x024F)  # Latin letters with marks: names of foreign residents
        | block(0x1E00, 0x1EFF)  # the same, Vietnamese among them
        | block(0x2F00, 0x2FDF)  # radicals, which input methods sometimes put into names
        | block(0x4E00, 0x9FFF)  # unified ideographs, Simplified Chinese names among them
        | block(0xF900, 0xFAFF)  # compatibility ideographs
        | block(0x20000, 0x323AF)  # extension B and later, as far as the font has them
        | block(0x2F800, 0x2FA1F)  # compatibility supplement
    )
    faces = TTCollection(collection).fonts
    face = next(f for f in faces if f["name"].getDebugName(4) == "Noto Sans CJK JP")
    face.recalcTimestamp = False
    unicodes = (wanted & set(face.getBestCmap())) - set(TTFont(covered).getBestCmap())
    cut(face, unicodes)
    rename(face, "Atobarai Rare Kanji", "Regular")
    face.save(target)
    print(f"{len(unicodes)} characters")


def figures(source, target):
    """The digits of BIZ UDPGothic, all of one width: there the 1 is narrower than the others, and
    a column of amounts would not stand straight."""
    face = TTFont(source, recalcTimestamp=False)
    style = face["name"].getDebugName(2)
    cut(face, {ord(character) for character in "0123456789,.-"})
    one, two = (face.getBestCmap()[ord(digit)] for digit in "12")
    width = face["hmtx"][two][0]
    shift = (width - face["hmtx"][one][0]) // 2
    glyph = face["glyf"][one]
    glyph.coordinates.translate((shift, 0))
    glyph.recalcBounds(face["glyf"])
    face["hmtx"][one] = (width, glyph.xMin)
    rename(face, "Atobarai Figures", style)
    face.save(target)


if __name__ == "__main__":
    {"rare": rare, "figures": figures}[sys.argv[1]](*sys.argv[2:])
