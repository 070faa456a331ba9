"""What multiplications and divisions of grades 2 to 4 are about."""

from __future__ import annotations

from collections.abc import Sequence

from mathpal_lightning.curriculum.scenes import Scene

PRODUCTS = (
    Scene(
        "counted",
        "pack",
        "[Mỗi|Một] {packed_in} [có|{holds}] {a} {thing}. Hỏi {b} {packed_in} như thế có [tất cả |]bao nhiêu {thing}?",
        "Số {thing} trong {b} {packed_in} là",
    ),
    Scene(
        "counted",
        "pack",
        "[Cửa hàng|{adult}|Nhà trường] có {b} {packed_in} {key}, mỗi {packed_in} có {a} {short}. [Hỏi có tất cả bao nhiêu {thing}?|Tính số {thing} có tất cả.]",
        "Số {thing} có tất cả là",
    ),
    Scene(
        "measured",
        "each",
        "[Mỗi|Một] {container} {thing} [có|{holds}] {a} {unit}. Hỏi {b} {container} như thế có [tất cả |]bao nhiêu {spelled} {thing}?",
        "{b} {container} như thế có số {spelled} {thing} là",
    ),
    Scene(
        "counted",
        "store",
        "[[Mỗi|Một] cửa hàng nhập về {a} {thing}. Hỏi {b} cửa hàng|[Mỗi|Một] đại lí nhập về {a} {thing}. Hỏi {b} đại lí] như thế nhập về [tất cả |]bao nhiêu {thing}?",
        "Số {thing} nhập về tất cả là",
    ),
    Scene(
        "counted",
        "store",
        "[Mỗi chuyến xe|Mỗi chuyến] [một công ti|một nhà phân phối] giao {a} {thing}. [Hỏi {b} chuyến như thế giao [tất cả |]bao nhiêu {thing}?|Tính số {thing} giao trong {b} chuyến như thế.]",
        "Số {thing} giao trong {b} chuyến là",
    ),
    Scene(
        "measured",
        "store",
        "[Mỗi|Một] kho [có|chứa] {a} {unit} {thing}. [Hỏi {b} kho như thế [có|chứa] [tất cả |]bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} trong {b} kho như thế.]",
        "Số {spelled} {thing} trong {b} kho là",
    ),
    Scene(
        "measured",
        "day",
        "[Mỗi ngày cửa hàng bán được|Một cửa hàng mỗi ngày bán được] {a} {unit} {thing}. [Hỏi {b} ngày như thế cửa hàng bán được [tất cả |]bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} bán được trong {b} ngày như thế.]",
        "Số {spelled} {thing} bán được trong {b} ngày là",
    ),
    Scene("", "", "[Tính|Hãy tính|Thực hiện phép tính|Đặt tính rồi tính]: {a} × {b}", "Ta có"),
    Scene("", "", "[Tính|Hãy tính|Tìm] tích của {a} và {b}.", "Tích của {a} và {b} là"),
)
QUOTIENTS = (
    Scene(
        "counted",
        "pack",
        "[Có|{adult} có|Cửa hàng có] {a} {thing}, [xếp đều|chia đều] vào {b} {packed_in}. Hỏi mỗi {packed_in} có bao nhiêu {thing}?",
        "Số {thing} trong mỗi {packed_in} là",
    ),
    Scene(
        "counted",
        "pupil",
        "[Cô giáo|{adult}] [có|chuẩn bị] {a} {thing}, chia thành {b} phần bằng nhau. [Hỏi mỗi phần có bao nhiêu {thing}?|Tính số {thing} ở mỗi phần.|Tìm số {thing} của mỗi phần.]",
        "Số {thing} ở mỗi phần là",
    ),
    Scene(
        "counted",
        "pupil",
        "[Cô giáo|{adult}|{name}] có {a} {thing}, chia đều cho {b} bạn. [Hỏi mỗi bạn được bao nhiêu {thing}?|Tính số {thing} mỗi bạn được.]",
        "Số {thing} mỗi bạn được là",
    ),
    Scene(
        "measured",
        "each",
        "[Có|Người ta có|Cửa hàng có] {a} {unit} {thing}, chia đều [vào|thành] {b} {container}. [Hỏi mỗi {container} có bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} ở mỗi {container}.]",
        "Số {spelled} {thing} ở mỗi {container} là",
    ),
    Scene(
        "counted",
        "store",
        "[Có|Một nhà phân phối có|Một công ti có] {a} {thing}, chuyển đều đến {b} cửa hàng. [Hỏi mỗi cửa hàng nhận được bao nhiêu {thing}?|Tính số {thing} mỗi cửa hàng nhận được.]",
        "Số {thing} mỗi cửa hàng nhận được là",
    ),
    Scene(
        "measured",
        "store",
        "[Có|Một nhà phân phối có|Một công ti có] {a} {unit} {thing}, chuyển đều đến {b} cửa hàng. [Hỏi mỗi cửa hàng nhận được bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} mỗi cửa hàng nhận được.]",
        "Số {spelled} {thing} mỗi cửa hàng nhận được là",
    ),
    Scene("", "", "[Tính|Hãy tính|Thực hiện phép tính|Đặt tính rồi tính]: {a} : {b}", "Ta có"),
    Scene("", "", "[Tính|Hãy tính|Tìm] thương của {a} và {b}.", "Thương của {a} và {b} là"),
)
"""Their quantities are those of one part: what is drawn fits one box, one pupil, one shop."""


def _by_heart(scenes: Sequence[Scene]) -> tuple[Scene, ...]:
    """The scenes for the tables: nobody sets out 3 × 4 in columns."""
    return tuple(scene._replace(question=scene.question.replace("Đặt tính rồi tính", "Tính nhẩm")) for scene in scenes)


TABLE_PRODUCTS, TABLE_QUOTIENTS = (
    _by_heart(
        (
            *PRODUCTS,
            Scene(
                "counted",
                "pupil",
                "[Mỗi bạn [có|được tặng] {a} {thing}. Hỏi {b} bạn|Mỗi em bé [có|được tặng] {a} {thing}. Hỏi {b} em bé] có [tất cả |]bao nhiêu {thing}?",
                "Số {thing} có tất cả là",
            ),
        )
    ),
    _by_heart(QUOTIENTS),
)
