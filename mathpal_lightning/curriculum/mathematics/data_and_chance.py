"""Statistics and chance: averages, tables, charts, relative frequency and simple probability."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import fraction, number

_AVERAGE_STORIES = (
    (
        "Ba bao gạo cân nặng lần lượt là {a} kg, {b} kg và {c} kg. Hỏi trung bình mỗi bao gạo cân nặng bao nhiêu ki-lô-gam?",
        "kg",
    ),
    ("Ba tổ trồng được lần lượt {a} cây, {b} cây và {c} cây. Hỏi trung bình mỗi tổ trồng được bao nhiêu cây?", "cây"),
    (
        "Trong ba ngày, cửa hàng bán được lần lượt {a} m, {b} m và {c} m vải. Hỏi trung bình mỗi ngày bán được bao nhiêu mét vải?",
        "m",
    ),
    (
        "{name} đọc sách trong ba ngày, lần lượt được {a} trang, {b} trang và {c} trang. Hỏi trung bình mỗi ngày {name} đọc bao nhiêu trang?",
    )
    + ("trang",),
    ("Ba bạn có số viên bi lần lượt là {a}, {b} và {c}. Hỏi trung bình mỗi bạn có bao nhiêu viên bi?", "viên bi"),
    ("Tìm số trung bình cộng của các số {a}, {b} và {c}.", ""),
    ("Tính trung bình cộng của ba số {a}, {b} và {c}.", ""),
)


_MISSING_STORIES = (
    ("Trung bình cộng của ba số là {mean}. Biết hai trong ba số đó là {a} và {b}, tìm số còn lại.",),
    ("Ba số có trung bình cộng bằng {mean}. Hai số đầu là {a} và {b}. Tìm số thứ ba.",),
    ("Tìm số thứ ba, biết trung bình cộng của ba số là {mean}, hai số kia là {a} và {b}.",),
    ("Số trung bình cộng của ba số là {mean}, trong đó có hai số là {a} và {b}. Số còn lại là bao nhiêu?",),
    ("Cho ba số có trung bình cộng là {mean}. Số thứ nhất là {a}, số thứ hai là {b}. Hỏi số thứ ba là số nào?",),
    ("Biết trung bình cộng của {a}, {b} và một số nữa là {mean}. Tìm số đó.",),
)


_TABLE_SUBJECTS = (
    ("Số cây trồng được của bốn tổ", ("tổ Một", "tổ Hai", "tổ Ba", "tổ Bốn"), "trồng", "cây"),
    ("Số quyển sách bốn bạn đã đọc", ("An", "Bình", "Chi", "Dũng"), "đọc", "quyển sách"),
    ("Số ki-lô-gam gạo cửa hàng bán trong bốn ngày", ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm"), "bán", "kg"),
    ("Số học sinh tham gia bốn câu lạc bộ", ("cờ vua", "bóng đá", "vẽ", "múa"), "có", "học sinh"),
    ("Số con gà của bốn gia đình", ("nhà Lan", "nhà Mai", "nhà Nam", "nhà Hà"), "nuôi", "con gà"),
    ("Số cái áo bốn tổ may được", ("tổ Một", "tổ Hai", "tổ Ba", "tổ Bốn"), "may", "cái áo"),
)


_FREQUENCY_STORIES = (
    ("Tung một đồng xu {n} lần, có {k} lần xuất hiện mặt ngửa. Tính xác suất thực nghiệm của sự kiện xuất hiện mặt ngửa.",),
    (
        "Gieo một con xúc xắc {n} lần, mặt sáu chấm xuất hiện {k} lần. Tính xác suất thực nghiệm của sự kiện xuất hiện mặt sáu chấm.",
    ),
    ("{name} ném bóng vào rổ {n} lần thì {k} lần trúng. Tính xác suất thực nghiệm của sự kiện ném trúng rổ.",),
    (
        "Lấy ngẫu nhiên một viên bi từ hộp rồi trả lại, lặp lại {n} lần, được {k} lần bi đỏ. Tính xác suất thực nghiệm lấy được bi đỏ.",
    ),
    ("Trong {n} lần quay, mũi tên dừng ở ô màu xanh {k} lần. Xác suất thực nghiệm mũi tên dừng ở ô màu xanh là bao nhiêu?",),
    (
        "Trong {n} lần bắn, một vận động viên bắn trúng hồng tâm {k} lần. Tính xác suất thực nghiệm của sự kiện bắn trúng hồng tâm.",
    ),
)


def experimental_probability(random: Random, level: int) -> Draft:
    """How often it happened over how often it was tried, in lowest terms."""
    n = random.choice(((10, 20, 25, 50), (24, 30, 36, 40, 45, 60), (48, 72, 80, 90, 120, 150))[level - 1])
    k = random.randint(2, n - 2)
    (question,) = tell(random, _FREQUENCY_STORIES, n=n, k=k)
    share, missed = Fraction(k, n), Fraction(n - k, n)
    reduced = "" if fraction(share) == f"{k}/{n}" else f" = {fraction(share)}"
    to_missed = Fraction(k, n - k)
    return draft(
        (k, n),
        question,
        worked(share, "", f"Xác suất thực nghiệm là: {k}/{n}{reduced}", write=fraction),
        worked(missed, "", f"Xác suất thực nghiệm là: {n - k}/{n}", write=fraction),
        worked(to_missed, "", f"Xác suất thực nghiệm là: {k}/{n - k}", write=fraction),
    )


_CHANCE_STORIES = (
    (
        "Một hộp có {a} viên bi đỏ và {b} viên bi xanh cùng kích thước. Lấy ngẫu nhiên một viên bi. Tính xác suất lấy được viên bi đỏ.",
    ),
    (
        "Trong túi có {a} quả bóng vàng và {b} quả bóng trắng giống nhau về kích thước. Lấy ngẫu nhiên một quả. Tính xác suất lấy được quả bóng vàng.",
    ),
    ("Một tổ có {a} bạn nam và {b} bạn nữ. Chọn ngẫu nhiên một bạn. Tính xác suất chọn được bạn nam.",),
    ("Giỏ có {a} quả cam và {b} quả quýt. Lấy ngẫu nhiên một quả trong giỏ. Xác suất lấy được quả cam là bao nhiêu?",),
    ("Một hộp đựng {a} thẻ ghi số chẵn và {b} thẻ ghi số lẻ. Rút ngẫu nhiên một thẻ. Tính xác suất rút được thẻ ghi số chẵn.",),
    (
        "Trên giá có {a} quyển sách Toán và {b} quyển sách Văn. Lấy ngẫu nhiên một quyển. Tính xác suất lấy được quyển sách Toán.",
    ),
)


def simple_probability(random: Random, level: int) -> Draft:
    """Grade 7: favourable over possible outcomes, all equally likely."""
    a, b = (random.randint(*((1, 9), (4, 20), (11, 45))[level - 1]) for _ in range(2))
    (question,) = tell(random, _CHANCE_STORIES, a=a, b=b)
    both = a + b
    chance, ratio, other = Fraction(a, both), Fraction(a, b), Fraction(b, both)
    reduced = "" if fraction(chance) == f"{a}/{both}" else f" = {fraction(chance)}"
    return draft(
        (a, b),
        question,
        worked(chance, "", "Số kết quả có thể là:", *working.add(a, b), f"Xác suất là: {a}/{both}{reduced}", write=fraction),
        worked(ratio, "", f"Xác suất là: {fraction(ratio)}", write=fraction),
        worked(other, "", f"Xác suất là: {fraction(other)}", write=fraction),
    )


_PIE_STORIES = (
    (
        "Biểu đồ hình quạt tròn cho biết kết quả học tập của {n} học sinh: giỏi {a}%, khá {b}%, còn lại là trung bình. Tính số học sinh trung bình.",
        "học sinh",
    ),
    ("Biểu đồ hình quạt tròn về {n} cây trong vườn: cam {a}%, bưởi {b}%, còn lại là xoài. Tính số cây xoài.", "cây"),
    (
        "Theo biểu đồ hình quạt tròn, trong {n} quyển sách của thư viện có {a}% truyện, {b}% sách giáo khoa, còn lại là sách tham khảo. Tính số quyển sách tham khảo.",
        "quyển",
    ),
    (
        "Khảo sát {n} học sinh về môn thể thao yêu thích, biểu đồ hình quạt tròn cho thấy: bóng đá {a}%, cầu lông {b}%, còn lại là bơi. Tính số học sinh thích bơi.",
        "học sinh",
    ),
    (
        "Biểu đồ hình quạt tròn cho biết {n} học sinh đến trường bằng: xe đạp {a}%, xe buýt {b}%, còn lại đi bộ. Hỏi có bao nhiêu học sinh đi bộ?",
        "học sinh",
    ),
    (
        "Trong {n} sản phẩm, biểu đồ hình quạt tròn cho thấy loại A chiếm {a}%, loại B chiếm {b}%, còn lại là loại C. Tính số sản phẩm loại C.",
        "sản phẩm",
    ),
)


def pie_chart(random: Random, level: int) -> Draft:
    """What is left of 100 %, then that part of the total."""
    step, scale = ((10, 10), (5, 20), (1, 100))[level - 1]
    a, b = random.randint(10 // step, 50 // step) * step, random.randint(10 // step, 40 // step) * step
    n = scale * random.randint(2, (30, 25, 9)[level - 1])
    rest = 100 - a - b
    part = Fraction(n * rest, 100)
    question, unit = tell(random, _PIE_STORIES, n=n, a=a, b=b)
    taken = Fraction(n * (a + b), 100)
    return draft(
        (n, *sorted((a, b))),
        question,
        worked(
            part,
            unit,
            f"Số phần trăm còn lại là: 100% - {a}% - {b}% = {rest}%",
            *working.multiply(n, rest),
            line(f"{number(n * rest)} : 100 = {number(part)}", unit),
        ),
        worked(taken, unit, line(f"{number(n)} × {a + b} : 100 = {number(taken)}", unit)),
        worked(part * 10, unit, line(f"{number(n)} × {rest} : 10 = {number(part * 10)}", unit)),
    )
