"""Multiplying, dividing and comparing by multiples: grades 3 and 4."""

from __future__ import annotations

_GROUP_STORIES = (
    ("Mỗi hộp có {a} cái bút chì. Hỏi {b} hộp như thế có bao nhiêu cái bút chì?", "{b} hộp có là:", "cái bút chì"),
    ("Một bao gạo nặng {a} kg. Hỏi {b} bao gạo như thế nặng bao nhiêu ki-lô-gam?", "{b} bao gạo nặng là:", "kg"),
    ("Mỗi xe chở {a} học sinh. Hỏi {b} xe như thế chở bao nhiêu học sinh?", "{b} xe chở là:", "học sinh"),
    ("Mỗi hàng trồng {a} cây. Hỏi {b} hàng như thế trồng bao nhiêu cây?", "{b} hàng trồng là:", "cây"),
    ("Mỗi thùng đựng {a} quả cam. Hỏi {b} thùng như thế đựng bao nhiêu quả cam?", "{b} thùng đựng là:", "quả cam"),
    ("Mỗi ngày một tổ công nhân may được {a} cái áo. Hỏi trong {b} ngày tổ đó may được bao nhiêu cái áo?",)
    + ("Trong {b} ngày tổ đó may được là:", "cái áo"),
    ("Tính: {a} × {b}", "Ta có:", ""),
    ("Tính tích của {a} và {b}.", "Tích của {a} và {b} là:", ""),
)


_SHARE_STORIES = (
    ("Có {a} quyển vở chia đều cho {b} bạn. Hỏi mỗi bạn được bao nhiêu quyển vở?", "Mỗi bạn được là:", "quyển vở"),
    ("Xếp đều {a} quả trứng vào {b} hộp. Hỏi mỗi hộp có bao nhiêu quả trứng?", "Mỗi hộp có là:", "quả trứng"),
    ("{b} bao gạo như nhau cân nặng {a} kg. Hỏi mỗi bao gạo nặng bao nhiêu ki-lô-gam?", "Mỗi bao gạo nặng là:", "kg"),
    ("Người ta trồng {a} cây thành {b} hàng đều nhau. Hỏi mỗi hàng có bao nhiêu cây?", "Mỗi hàng có là:", "cây"),
    ("Một sợi dây dài {a} m được cắt thành {b} đoạn bằng nhau. Hỏi mỗi đoạn dài bao nhiêu mét?", "Mỗi đoạn dài là:", "m"),
    ("Cô giáo chia {a} học sinh thành {b} nhóm bằng nhau. Hỏi mỗi nhóm có bao nhiêu học sinh?", "Mỗi nhóm có là:", "học sinh"),
    ("Tính: {a} : {b}", "Ta có:", ""),
    ("Tìm thương của {a} và {b}.", "Thương của {a} và {b} là:", ""),
)


_TIMES_STORIES = (
    ("{name} có {a} nhãn vở, {other} có số nhãn vở gấp {b} lần {name}. Hỏi {other} có bao nhiêu nhãn vở?",)
    + ("{other} có là:", "nhãn vở"),
    ("Con chó nặng {a} kg, con lợn nặng gấp {b} lần con chó. Hỏi con lợn nặng bao nhiêu ki-lô-gam?", "Con lợn nặng là:", "kg"),
    ("Đoạn thẳng AB dài {a} cm, đoạn thẳng CD dài gấp {b} lần đoạn thẳng AB. Hỏi đoạn thẳng CD dài bao nhiêu xăng-ti-mét?",)
    + ("Đoạn thẳng CD dài là:", "cm"),
    ("Ngăn trên có {a} quyển sách, ngăn dưới có số sách gấp {b} lần ngăn trên. Hỏi ngăn dưới có bao nhiêu quyển sách?",)
    + ("Ngăn dưới có là:", "quyển sách"),
    (
        "Năm nay con {a} tuổi, tuổi của ông gấp {b} lần tuổi con. Hỏi năm nay ông bao nhiêu tuổi?",
        "Tuổi của ông năm nay là:",
        "tuổi",
    ),
    (
        "Nhà {name} nuôi {a} con gà, số vịt gấp {b} lần số gà. Hỏi nhà {name} nuôi bao nhiêu con vịt?",
        "Nhà {name} nuôi là:",
        "con vịt",
    ),
)


_TIMES_TOTAL_STORIES = (
    (
        "{name} có {a} con tem, {other} có số tem gấp {b} lần {name}. Hỏi cả hai bạn có bao nhiêu con tem?",
        "{other} có là:",
        "con tem",
    ),
    (
        "Buổi sáng cửa hàng bán {a} kg đường, buổi chiều bán gấp {b} lần buổi sáng. Hỏi cả hai buổi bán bao nhiêu ki-lô-gam đường?",
    )
    + ("Buổi chiều bán là:", "kg"),
    ("Ngăn trên có {a} quyển sách, ngăn dưới có số sách gấp {b} lần ngăn trên. Hỏi cả hai ngăn có bao nhiêu quyển sách?",)
    + ("Ngăn dưới có là:", "quyển sách"),
    (
        "Tổ Một trồng {a} cây, tổ Hai trồng số cây gấp {b} lần tổ Một. Hỏi cả hai tổ trồng bao nhiêu cây?",
        "Tổ Hai trồng là:",
        "cây",
    ),
    (
        "Ngày đầu thu hoạch {a} kg cà chua, ngày sau thu hoạch gấp {b} lần ngày đầu. Hỏi cả hai ngày thu hoạch bao nhiêu ki-lô-gam cà chua?",
    )
    + ("Ngày sau thu hoạch là:", "kg"),
    (
        "Nhà {name} có {a} con vịt, số gà gấp {b} lần số vịt. Hỏi nhà {name} có tất cả bao nhiêu con gà và vịt?",
        "Số gà là:",
        "con",
    ),
)

_RATIO_STORIES = (
    ("Sợi dây thứ nhất dài {a} m, sợi dây thứ hai dài {b} m. Hỏi sợi dây thứ nhất dài gấp mấy lần sợi dây thứ hai?",)
    + ("Sợi dây thứ nhất dài gấp sợi dây thứ hai số lần là:",),
    (
        "Trong vườn có {a} cây cam và {b} cây chanh. Hỏi số cây cam gấp mấy lần số cây chanh?",
        "Số cây cam gấp số cây chanh số lần là:",
    ),
    ("Con bò nặng {a} kg, con dê nặng {b} kg. Hỏi con bò nặng gấp mấy lần con dê?", "Con bò nặng gấp con dê số lần là:"),
    ("Năm nay bà {a} tuổi, cháu {b} tuổi. Hỏi tuổi bà gấp mấy lần tuổi cháu?", "Tuổi bà gấp tuổi cháu số lần là:"),
    ("Thùng to đựng {a} l dầu, thùng nhỏ đựng {b} l dầu. Hỏi thùng to đựng gấp mấy lần thùng nhỏ?",)
    + ("Thùng to đựng gấp thùng nhỏ số lần là:",),
    ("{name} có {a} viên bi, {other} có {b} viên bi. Hỏi số bi của {name} gấp mấy lần số bi của {other}?",)
    + ("Số bi của {name} gấp số bi của {other} số lần là:",),
)


_PART_STORIES = (
    ("{name} có {a} cái kẹo, {name} cho {other} 1/{b} số kẹo đó. Hỏi {name} cho {other} bao nhiêu cái kẹo?",)
    + ("{name} cho {other} là:", "cái kẹo"),
    ("Một cửa hàng có {a} m vải, đã bán 1/{b} số vải đó. Hỏi cửa hàng đã bán bao nhiêu mét vải?", "Cửa hàng đã bán là:", "m"),
    ("Trên xe có {a} hành khách, đến bến 1/{b} số hành khách xuống xe. Hỏi có bao nhiêu hành khách xuống xe?",)
    + ("Số hành khách xuống xe là:", "hành khách"),
    (
        "Lớp học có {a} học sinh, 1/{b} số học sinh tham gia câu lạc bộ cờ vua. Hỏi có bao nhiêu học sinh tham gia câu lạc bộ cờ vua?",
    )
    + ("Số học sinh tham gia câu lạc bộ cờ vua là:", "học sinh"),
    (
        "Quyển truyện dày {a} trang, {name} đã đọc 1/{b} số trang. Hỏi {name} đã đọc bao nhiêu trang?",
        "{name} đã đọc là:",
        "trang",
    ),
    ("Tìm 1/{b} của {a} kg.", "1/{b} của {a} kg là:", "kg"),
    ("Mẹ mua {a} quả táo, 1/{b} số táo là táo xanh. Hỏi mẹ mua bao nhiêu quả táo xanh?", "Mẹ mua là:", "quả táo xanh"),
)
