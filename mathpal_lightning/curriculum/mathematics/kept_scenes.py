"""Scenes of the quickstart's topics at level 1, as they were when its scores were measured.

They are kept to the letter, and with them the prices of `price_of_several`: another wording would make other test problems, and
the scores in the READMEs are those of these. A test holds their digest. All other levels and topics draw from scenes whose
wording has been mended since (whole_numbers.py, percentages.py).
"""

from __future__ import annotations

from mathpal_lightning.curriculum.scenes import Scene

SUMS = (
    Scene(
        "counted",
        "pupil",
        "{name} [có|sưu tầm được|có tất cả] {a} {thing}, {other} [có|sưu tầm được] {b} {thing}. "
        "Hỏi [cả hai bạn|hai bạn|{name} và {other}] có [tất cả |]bao nhiêu {thing}?",
        "Cả hai bạn có số {thing} là",
    ),
    Scene(
        "counted",
        "shop",
        "[Buổi sáng|Ngày thứ nhất] [cửa hàng|cửa hàng của {adult}] bán được {a} {thing}, [buổi chiều|ngày thứ hai] bán được {b} {thing}. "
        "Hỏi [cửa hàng đã bán được tất cả|cả hai lần cửa hàng bán được] bao nhiêu {thing}?",
        "Cửa hàng đã bán được tất cả số {thing} là",
    ),
    Scene(
        "measured",
        "day",
        "[Ngày đầu|Hôm qua|Buổi sáng] [cửa hàng|một cửa hàng] bán được {a} {unit} {thing}, [ngày hôm sau|sau đó] bán thêm được {b} {unit} {thing}. "
        "Hỏi cả hai lần cửa hàng bán được [bao nhiêu|tất cả bao nhiêu] {spelled} {thing}?",
        "Cả hai lần cửa hàng bán được số {spelled} {thing} là",
    ),
    Scene(
        "counted",
        "class",
        "Lớp 3A [quyên góp|góp|chuẩn bị] được {a} {thing}, lớp 3B [quyên góp|góp|chuẩn bị] được {b} {thing}. "
        "[Hỏi cả hai lớp có bao nhiêu {thing}?|Hỏi hai lớp có tất cả bao nhiêu {thing}?|Tính số {thing} của cả hai lớp.]",
        "Cả hai lớp có số {thing} là",
    ),
    Scene(
        "measured",
        "store",
        "[Kho thứ nhất|Kho A] [có|chứa] {a} {unit} {thing}, [kho thứ hai|kho B] [có|chứa] {b} {unit} {thing}. "
        "Hỏi [cả hai kho|hai kho] [có|chứa] [tất cả |]bao nhiêu {spelled} {thing}?",
        "Cả hai kho có số {spelled} {thing} là",
    ),
    Scene(
        "counted",
        "store",
        "[Trong kho có|Một nhà kho có|Kho hàng có] {a} {thing}, người ta [nhập thêm|chuyển đến thêm] {b} {thing}. "
        "Hỏi [trong kho có tất cả|lúc này trong kho có] bao nhiêu {thing}?",
        "Trong kho có tất cả số {thing} là",
    ),
    Scene("", "", "[Tính|Hãy tính|Tìm] tổng của {a} và {b}.", "Tổng của {a} và {b} là"),
    Scene("", "", "[Tính|Thực hiện phép tính|Đặt tính rồi tính]: {a} + {b}", "Ta có"),
)
DIFFERENCES = (
    Scene(
        "counted",
        "pupil",
        "{name} có {a} {thing}, {name} [cho|tặng|chia cho] {other} {b} {thing}. Hỏi {name} còn lại bao nhiêu {thing}?",
        "{name} còn lại số {thing} là",
    ),
    Scene(
        "counted",
        "pupil",
        "{name} có {a} {thing}, {other} có {b} {thing}. Hỏi [{name} có nhiều hơn {other}|{other} có ít hơn {name}] bao nhiêu {thing}?",
        "Số {thing} {name} có nhiều hơn {other} là",
    ),
    Scene(
        "counted",
        "shop",
        "[Cửa hàng|Một cửa hàng|Cửa hàng của {adult}] có {a} {thing}, đã bán [được |]{b} {thing}. Hỏi cửa hàng còn [lại |]bao nhiêu {thing}?",
        "Cửa hàng còn lại số {thing} là",
    ),
    Scene(
        "measured",
        "day",
        "[Cửa hàng|Một cửa hàng|Cửa hàng của {adult}] có {a} {unit} {thing}, đã bán [được |]{b} {unit} {thing}. "
        "Hỏi cửa hàng còn [lại |]bao nhiêu {spelled} {thing}?",
        "Cửa hàng còn lại số {spelled} {thing} là",
    ),
    Scene(
        "measured",
        "store",
        "[Một kho|Trong kho|Nhà kho] có {a} {unit} {thing}, người ta [lấy ra|chuyển đi|xuất đi] {b} {unit} {thing}. "
        "Hỏi trong kho còn [lại |]bao nhiêu {spelled} {thing}?",
        "Trong kho còn lại số {spelled} {thing} là",
    ),
    Scene(
        "counted",
        "store",
        "[Một nhà máy|Một xưởng|Một cơ sở] có {a} {thing}, đã [giao|chuyển đi|bán] {b} {thing}. Hỏi còn [lại |]bao nhiêu {thing}?",
        "Số {thing} còn lại là",
    ),
    Scene("", "", "[Tính|Hãy tính|Tìm] hiệu của {a} và {b}.", "Hiệu của {a} và {b} là"),
    Scene("", "", "[Tính|Thực hiện phép tính|Đặt tính rồi tính]: {a} - {b}", "Ta có"),
)
PARTS = (
    Scene(
        "counted",
        "school",
        "[Một trường|Một trường tiểu học|Trường của {name}] có {whole} học sinh, [trong đó có|trong đó] {percent}% là học sinh {group}. "
        "[Hỏi trường đó có bao nhiêu học sinh {group}?|Tính số học sinh {group} của trường đó.]",
        "Số học sinh {group} của trường đó là",
    ),
    Scene(
        "counted",
        "farm",
        "[Một trang trại|Trang trại của {adult}] [có|nuôi] {whole} {thing}, đã bán [đi |]{percent}% số {thing} đó. "
        "[Hỏi trang trại đã bán bao nhiêu {thing}?|Tính số {thing} đã bán.]",
        "Số {thing} đã bán là",
    ),
    Scene(
        "counted",
        "store",
        "[Một cửa hàng|Một kho hàng|Một nhà máy] có {whole} {thing}, đã [chuyển đi|giao] {percent}% số {thing} đó. "
        "[Hỏi đã [chuyển đi|giao] bao nhiêu {thing}?|Tính số {thing} đã giao.]",
        "Số {thing} đã giao là",
    ),
    Scene(
        "measured",
        "store",
        "[Một kho|Một cửa hàng] có {whole} {unit} {thing}, đã bán [được |]{percent}% số {thing} đó. "
        "[Hỏi đã bán bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} đã bán.]",
        "Số {spelled} {thing} đã bán là",
    ),
    Scene(
        "rectangles",
        "long",
        "[Một {thing} hình chữ nhật có chiều dài {whole} {unit}|Chiều dài của một {thing} hình chữ nhật là {whole} {unit}], "
        "chiều rộng bằng {percent}% chiều dài. [Hỏi chiều rộng {thing} là bao nhiêu {spelled}?|Tính chiều rộng {thing} đó.]",
        "Chiều rộng {thing} là",
    ),
    Scene("", "", "[Tìm|Tính|Hãy tính] {percent}% của {whole}.", "{percent}% của {whole} là"),
    Scene("", "", "{percent}% của {whole} [là|bằng] bao nhiêu?", "{percent}% của {whole} là"),
)
