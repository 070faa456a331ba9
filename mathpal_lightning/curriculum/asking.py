"""How exercises of secondary school ask: "Cho ... Tính ...", "Giải phương trình ...", each in dozens of wordings."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.wording import phrase

_FIND = (
    "{let}{given}. [Tính|Hãy tính|Em hãy tính|Hãy tìm|Em hãy tìm] {what}.",
    "{let}{given}. Hỏi {what} [bằng|là] bao nhiêu?",
    "[tính|hãy tính|em hãy tính|hãy tìm|em hãy tìm] {what}, biết [rằng |]{given}.",
    "Biết [rằng |]{given}, [hãy tính|em hãy tính|hãy tìm|tính] {what}.",
    "{let}{given}. [Khi đó[,|] {what} [bằng|là] bao nhiêu?"
    "|[Bạn |]{name} [cần|muốn] tính {what}. [Em hãy|Hãy] giúp [bạn |]{name}.]",
)
_GIVEN_FIRST = tuple(form for form in _FIND if form.index("{given}") < form.index("{what}"))
_DO = (
    "[{do}|hãy {do}|em hãy {do}] {what} [{it}{after}|sau{after}: {it}|dưới đây{after}: {it}].",
    "[cho|xét] {what} {it}. [{Do}|Hãy {do}|Em hãy {do}] {what} [đó|trên|đã cho]{after}.",
    "[Bạn |]{name} [cần|muốn] {do} {what} {it}{after}. [Em hãy|Hãy] giúp [bạn |]{name} làm bài này.",
    "Bài tập [về nhà |]của {name}: {do} {what} {it}{after}. [Em hãy|Hãy] làm bài tập [này|đó].",
)


def ask_for(random: Random, given: str, what: str, **values: object) -> str:
    """One wording of "Cho {given}. Tính {what}."; both may hold [alternatives] and {fields}."""
    # "The volume of that cone" and "a cone" are only understood in this order.
    forms = _GIVEN_FIRST if " đó" in what or given.startswith(("một ", "[một", "[Một")) else _FIND
    let = "[cho |xét ]" if "A = " in given else "[cho |xét |]"  # "A = 3x - 12." alone is no sentence
    template = random.choice(forms).replace("{let}", let).replace("{given}", given).replace("{what}", what)
    return phrase(random, template, **{"name": pupils(random, 1)[0], **values})


def ask_to(random: Random, do: str, what: str, it: str, after: str = "") -> str:
    """One wording of "Giải phương trình {it}."; `after` stands behind it: "thành nhân tử"."""
    values = {
        "do": do,
        "Do": do.capitalize(),
        "what": what,
        "it": it,
        "after": f" {after}" if after else "",
        "name": pupils(random, 1)[0],
    }
    return phrase(random, _DO, **values)
