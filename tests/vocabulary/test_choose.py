from mathpal_lightning.vocabulary.choose import small_pieces

PIECES = [
    "<pad>",
    "<bos>",
    "<unused7>",
    "<end_of_turn>",
    "<0x00>",
    "<0xFF>",
    "e",
    "r",
    "er",
    "\u2581the",
    "\u2581AB",
    "AB",
    "xy",
] + ["\u2581người", "猫", "ß", "√", "+=", "\u258112", "abcdefgh", "Ж", "ế"]
ADDED = ["<pad>", "<bos>", "<unused7>", "<end_of_turn>"]


def cut(texts):
    """Whole pieces only: enough to see which texts are asked for."""
    return [[PIECES.index(piece)] if (piece := text.replace(" ", "\u2581")) in PIECES else [] for text in texts]


def test_what_is_kept_and_what_goes():
    kept = {PIECES[index] for index in small_pieces(PIECES, ADDED, cut)}
    assert kept >= {"<pad>", "<bos>", "<end_of_turn>", "<0x00>", "<0xFF>"}, "control tokens and bytes"
    assert kept >= {"e", "er", "\u2581the"}, "frequent English"
    assert kept >= {"\u2581AB", "AB", "xy"}, "points and variables"
    assert kept >= {"\u2581người", "ế"}, "Vietnamese"
    assert kept >= {"√", "+=", "\u258112"}, "signs and digits"
    assert not kept & {"<unused7>", "猫", "Ж"}
