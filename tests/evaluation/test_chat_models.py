"""Solutions as chat models write them: tables, pictures, a value in two forms, remarks behind the result in the same line."""

import pytest

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.solution.exact_values import with_exact_values
from mathpal_lightning.evaluation.solution.tables import rows_as_results
from mathpal_lightning.evaluation.solution.ticked_option import with_ticked_option

RICE = ("Một cửa hàng có 45 kg gạo, đã bán 18 kg. Hỏi cửa hàng còn lại bao nhiêu ki-lô-gam gạo?", "Đáp số: 27 kg")
STRING = ("Một sợi dây dài 5 m, cắt đi 180 cm. Hỏi sợi dây còn lại dài bao nhiêu xăng-ti-mét?", "Đáp số: 320 cm")
RECTANGLE = ("Một hình chữ nhật dài 12 cm, rộng 7 cm. Tính chu vi và diện tích hình chữ nhật đó.", "Đáp số: 38 cm; 84 cm²")
PAPER = (
    "Ba tổ 1, 2, 3 thu được 108 kg giấy vụn theo tỉ lệ 2 : 3 : 4. Tính số giấy vụn mỗi tổ thu được.",
    "Tổ 1: 24 kg; tổ 2: 36 kg; tổ 3: 48 kg",
)
COLUMNS = ("Đặt tính rồi tính: a) 248 + 135; b) 702 - 318", "a) 383; b) 384")
UNITS = ("Đổi đơn vị: 4 giờ 15 phút = ... phút; 3 kg 75 g = ... g", "255 phút; 3075 g")
MONEY = (
    "Mua 3 quyển vở giá 8 nghìn đồng một quyển. Nam có 30 nghìn đồng. Hỏi Nam có đủ tiền mua không?",
    "3 × 8 = 24 (nghìn đồng), 30 > 24 nên Nam có đủ tiền mua.",
)
SAVINGS = (
    "Gửi tiết kiệm 50 000 000 đồng, lãi suất 6% một năm. Hỏi sau một năm nhận được bao nhiêu tiền cả gốc lẫn lãi?",
    "Đáp số: 53 000 000 đồng",
)
HEAT = ("Nhiệt độ lúc sáng là -4°C, trưa tăng 9°C, tối giảm 7°C. Hỏi nhiệt độ buổi tối?", "-4 + 9 - 7 = -2 (°C)")
POLYNOMIAL = ("Tính giá trị của đa thức P(x) = 2x² - 5x + 3 tại x = 1.", "P(1) = 2 - 5 + 3 = 0")
HEIGHT = ("Tam giác ABC vuông tại A, AB = 9 cm, AC = 12 cm, đường cao AH. Tính BC và AH.", "BC = 15 cm; AH = 7,2 cm")
LINE = ("Cho hàm số y = ax - 1. Tìm a biết đồ thị hàm số đi qua điểm N(2; 5).", "a = 3")
CYLINDER = (
    "Một hình trụ có bán kính đáy 3 cm, chiều cao 8 cm. Tính diện tích xung quanh và thể tích hình trụ.",
    "Sxq = 48π cm²; V = 72π cm³",
)
LAMP = (
    "Đèn có điện trở 440 Ω, hiệu điện thế 220 V. Tính cường độ dòng điện qua đèn và nhiệt lượng toả ra trong 1 phút.",
    "I = 0,5 A; Q = 6600 J",
)
DICE = ("Gieo hai con xúc xắc cân đối. Tính xác suất để tổng số chấm bằng 8.", "Vậy P = 5/36")
WAY = ("Một vật có vận tốc v(t) = 6t + 2 (m/s). Tính quãng đường đi trong 4 giây đầu.", "s = ∫₀⁴ (6t + 2) dt = 56 (m)")
SPRING = ("Một con lắc lò xo có k = 40 N/m, m = 100 g. Tính chu kì dao động (theo π).", "T = 0,1π s")
COMPLEX = ("Giải phương trình z² - 4z + 13 = 0 trên tập số phức.", "z = 2 ± 3i")
SPEED = ("Một ô tô đi 150 km trong 2,5 giờ. Tính vận tốc của ô tô.", "150 : 2,5 = 60 (km/giờ)")
FRACTION = ("Rút gọn phân số 24/36.", "2/3")
TWO_PARTS = ("Bài có hai câu: a) Tính 25 × 4. b) Tính 144 : 12.", "a) 100; b) 12")
OPTIONS = ("Kết quả của phép tính 0,5 × 0,4 là: A. 2 B. 0,2 C. 0,02 D. 20", "B")
KIND = ("Cho tam giác ABC có AB = 3 cm, AC = 4 cm, BC = 5 cm. Tam giác ABC là tam giác gì?", "Vậy tam giác ABC vuông tại A.")
COAT = ("Áo giá 350 000 đồng được giảm giá 20%. Hỏi sau khi giảm, chiếc áo giá bao nhiêu tiền?", "Đáp số: 280 000 đồng")
TALL = ("An cao 132 cm, Bình cao 128 cm, Chi cao 135 cm. Ai cao nhất?", "Chi cao nhất")

TABLE = (
    "| Đại lượng | Công thức | Kết quả |\n|---|---|---|\n| Chu vi | (12 + 7) × 2 | **{}** |\n| Diện tích | 12 × 7 | **{}** |"
)
OF_TEAMS = (
    "Một phần: 12 kg\n\n| Tổ | Số phần | Số giấy (kg) |\n|---|---|---|\n| Tổ 1 | 2 | **{}** |\n| Tổ 2 | 3 | **{}** |\n"
    "| Tổ 3 | 4 | **{}** |\n\nTổng: {} + {} + {} = 108 ✔"
)
OF_CYLINDER = (
    "| Đại lượng | Công thức | Kết quả |\n|---|---|---|\n| $S_{{xq}}$ | $2\\pi rh$ | ${}\\pi\\approx{}$ cm² |\n"
    "| $V$ | $\\pi r^2h$ | ${}\\pi\\approx{}$ cm³ |"
)
FENCES = (
    "**a)**\n```\n  248\n+ 135\n-----\n  383\n```\n**b)**\n```\n  702\n- 318\n-----\n  384\n```\n"
    "Vậy kết quả lần lượt là {} và {}."
)


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        (RICE, "Còn lại **27 kg** 🍚. Thử lại: 27 + 18 = 45 ✓.", "Còn lại **37 kg** 🍚. Thử lại: 27 + 18 = 45 ✓."),
        (RICE, "45 - 18 = **27** ✅ Tuyệt vời, em làm được rồi!", "45 - 18 = **37** ✅ Tuyệt vời, em làm được rồi!"),
        (RICE, "Cửa hàng còn lại ==27 kg== gạo.", "Cửa hàng còn lại ==18 kg== gạo."),
        (RICE, "45 - 18 = 27 (kg)\n\nEm còn bài nào nữa thì gửi nhé!", "45 + 18 = 63 (kg)\n\nEm còn bài nào nữa thì gửi nhé!"),
        (STRING, "Dây còn lại dài **320 cm**, tức **3 m 20 cm**.", "Dây còn lại dài **32 cm**, tức **320 mm**."),
        (RECTANGLE, TABLE.format("38 cm", "84 cm²"), TABLE.format("84 cm", "38 cm²")),
        (PAPER, OF_TEAMS.format(*(24, 36, 48) * 2), OF_TEAMS.format(*(36, 24, 48) * 2)),
        (PAPER, "⇒ Tổ 1: **24 kg** | Tổ 2: **36 kg** | Tổ 3: **48 kg** 🎯", "⇒ Tổ 1: 24 kg | Tổ 2: 48 kg | Tổ 3: 36 kg 🎯"),
        (COLUMNS, FENCES.format(383, 384), FENCES.format(384, 383)),
        (
            UNITS,
            "**1)** 4 giờ = 240 phút ⇒ 240 + 15 = **255 phút**\n\n**2)** 3 kg = 3000 g ⇒ 3000 + 75 = **3075 g**",
            "**1)** 3 kg = 3000 g ⇒ **255 phút**\n\n**2)** 4 giờ = 240 phút ⇒ **3075 g**",
        ),
        (MONEY, "Vì 30 > 24 ⇒ **Nam có đủ tiền**, còn dư 6 nghìn đồng. 💰", "⇒ **Nam có đủ tiền**, còn thiếu 6 nghìn đồng."),
        (MONEY, "**Có** ✅ — hết 24 nghìn đồng nên còn thừa 6 nghìn đồng.", "**Không** ❌ — Nam thiếu 4 nghìn đồng."),
        (
            SAVINGS,
            "**Trả lời: 53.000.000 đồng** (trong đó lãi 3.000.000 đồng).",
            "Trả lời: 3.000.000 đồng (trong đó gốc 50 000 000 đồng).",
        ),
        (
            HEAT,
            "Sáng: $-4^\\circ C$ → Tối: $5-7=\\mathbf{-2^\\circ C}$",
            "Sáng: $-4^\\circ C$ → Tối: $5-7=\\mathbf{2^\\circ C}$",
        ),
        (POLYNOMIAL, "$P(1)=2-5+3=0$ ⇒ $x=1$ là một nghiệm của $P(x)$.", "$P(1)=2-5+4=1$ ⇒ $x=0$ là một nghiệm của $P(x)$."),
        (
            HEIGHT,
            "Kết quả: $BC=15$ cm, $AH=\\frac{36}{5}$ cm $=7{,}2$ cm",
            "Kết quả: $BC=15$ cm, $AH=\\frac{36}{5}$ cm $=7{,}5$ cm",
        ),
        (LINE, "Vậy **a = 3**, hàm số là y = 3x − 1.", "Vậy **a = −3**, hàm số là y = −3x − 1."),
        (CYLINDER, OF_CYLINDER.format("48", "150,8", "72", "226,2"), OF_CYLINDER.format("72", "226,2", "48", "150,8")),
        (LAMP, "$I=\\dfrac UR=0{,}5$ A\n\n$Q=UIt=6600$ J $=6{,}6$ kJ", "$I=\\dfrac UR=0{,}5$ A\n\n$Q=UIt=6600$ J $=66$ kJ"),
        (DICE, "$$\\boxed{P=\\frac5{36}\\approx0{,}139}$$", "$$\\boxed{P=\\frac5{36}\\approx0{,}2}$$"),
        (
            DICE,
            "P = 5/36\n\nNếu muốn, mình có thể vẽ bảng 36 kết quả.",
            "P = 6/36\n\nNếu muốn, mình có thể vẽ bảng 5/36 kết quả.",
        ),
        (WAY, "Quãng đường là **tích phân của vận tốc**: $s=48+8=56\\text{ m}$", "Đạo hàm của vận tốc là: $s=56\\text{ m}$"),
        (
            SPRING,
            "$T=2\\pi\\sqrt{\\frac mk}=0{,}1\\pi\\ \\text{s}\\approx0{,}314\\text{ s}$",
            "$T=0{,}2\\pi\\ \\text{s}\\approx0{,}314\\text{ s}$",
        ),
        (COMPLEX, "$$\\boxed{z=2\\pm3i}$$", "$$\\boxed{z=2\\pm9i}$$"),
        (COMPLEX, "$\\Delta'=-9$ ⇒ $z_{1,2}=2\\pm3i$ ✅", "$\\Delta'=-9$ ⇒ $z_{1,2}=-2\\pm3i$ ✅"),
        (SPEED, "$v = 60$ km/giờ $\\approx 16{,}67$ m/s", "$v = 60$ km/giờ $\\approx 15$ m/s"),
        (
            FRACTION,
            "**Kết quả: $\\dfrac23$** (tối giản vì ƯCLN(2; 3) = 1)",
            "Kết quả: $\\dfrac{12}{18}$ (tối giản vì ƯCLN(2; 3) = 1)",
        ),
        (
            TWO_PARTS,
            "1. **a)** 25 × 4 = 100 ✔\n2. **b)** 144 : 12 = 12 ✔",
            "1. **a)** 25 × 4 = 12 ✔\n2. **b)** 144 : 12 = 100 ✔",
        ),
        (
            OPTIONS,
            "- A. 2 ❌\n- **B. 0,2** ✅\n- C. 0,02 ❌\n- D. 20 ❌",
            "- A. 2 ❌\n- **B. 0,2** ✅\n- C. 0,02 ✅\n- D. 20 ❌",
        ),
        (KIND, "$AB^2+AC^2=25=BC^2$ ⇒ $\\triangle ABC$ **vuông tại $A$** 📐", "⇒ $\\triangle ABC$ **vuông tại $B$** 📐"),
        (COAT, "**280 000 đồng** – rẻ hơn 70 000 đồng so với giá ban đầu!", "**280 000 đồng** – đó là số tiền được bớt đi!"),
        (
            COAT,
            "Vậy áo còn **280 000 đồng**. 🎊 Bạn tiết kiệm được 70 000 đồng!",
            "Vậy áo còn **70 000 đồng**. 🎊 Bạn tiết kiệm được 280 000 đồng!",
        ),
        (TALL, "128 < 132 < 135 ⇒ Bình < An < Chi ⇒ **Chi cao nhất** 🥇", "128 < 132 < 135 ⇒ **An cao nhất** 🥇"),
    ],
)
def test_what_stands_around_an_answer_changes_nothing_about_it(asked: tuple[str, str], right: str, wrong: str):
    assert judge(*asked, right).verdict == "correct"
    assert judge(*asked, wrong).verdict != "correct"


def test_a_table_is_read_where_its_last_column_is_asked_for():
    table = "| Lớp | Số phần | Số cây |\n|---|---|---|\n| 7A | 3 | **45** |\n| 7B | 4 | **60** |\n"
    assert rows_as_results(table, "Tính số cây mỗi lớp.") == "Lớp 7A: 45\nLớp 7B: 60\n"
    assert rows_as_results(table, "Tính số bạn mỗi tổ.") == table
    steps = "| Bước | Kết quả |\n|---|---|\n| 1 | 500 cm |\n| 2 | 320 cm |\n"
    assert rows_as_results(steps, "Dây còn lại dài bao nhiêu?") == steps


@pytest.mark.parametrize(
    ("text", "question", "exact"),
    [
        ("P = 35/66 ≈ 0,53", "", "P = 35/66"),
        ("$60\\pi\\approx188{,}5$ cm²", "", "$60\\pi cm^2"),
        ("P = 5/36 ≈ 0,2", "", "P = 5/36 ≈ 0,2"),
        ("V = 12π ≈ 37,7", "Làm tròn kết quả đến hàng phần mười.", "V = 12π ≈ 37,7"),
        ("x = 3,14", "", "x = 3,14"),
    ],
)
def test_a_rounded_value_goes_where_it_is_the_exact_one_rounded(text: str, question: str, exact: str):
    assert with_exact_values(text, question) == exact


def test_one_tick_chooses_an_option():
    assert with_ticked_option("A. 2 ❌\nB. 0,2 ✅").endswith("Chọn B")
    assert with_ticked_option("A. 2 ✅\nB. 0,2 ✅") == "A. 2 ✅\nB. 0,2 ✅"
    assert with_ticked_option("A. 2 ❌\nB. 0,2 ✅\nChọn A") == "A. 2 ❌\nB. 0,2 ✅\nChọn A"
