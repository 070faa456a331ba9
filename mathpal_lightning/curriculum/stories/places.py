"""Fields and their harvest, journeys, trees along a road."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import adult, draw_noun, places
from mathpal_lightning.curriculum.stories.graph import Graph, Quantity

_CROPS = {
    "rau": (2, 4, 12_000, 25_000),
    "khoai tây": (2, 3, 12_000, 22_000),
    "cà chua": (3, 6, 15_000, 30_000),
    "dưa chuột": (3, 5, 10_000, 20_000),
    "bắp cải": (4, 6, 8000, 15_000),
}
"""The kilograms that a square metre bears, and the price of one in đồng."""


def field_harvest(random: Random, low: int, high: int) -> Graph:
    """A field in metres, its perimeter and area, what grows on it and what it sells for.

    Keys: a, b (length, width), d or k (how much or how many times longer), half, around, area, y (kg on 1 m²), h, price, money.
    """
    thing = random.choice(("mảnh vườn", "thửa ruộng", "mảnh đất", "khu vườn"))
    crop, (least, most, cheap, dear) = random.choice(list(_CROPS.items()))
    who = adult(random)
    wide = random.randint(5, 40)
    graph = Graph(again={f"{thing} hình chữ nhật của {who}": thing})
    graph.opening, graph.introduced = f"{who} có một {thing} hình chữ nhật", ("a b",)
    if random.random() < 0.4:
        key, number = "k", random.randint(2, 4)
        long = wide * number
        relation = Quantity(
            "số lần chiều dài gấp chiều rộng",
            "lần",
            "[chiều dài gấp {n} lần chiều rộng|chiều rộng bằng 1/{n} chiều dài]",
            "chiều dài gấp mấy lần chiều rộng",
        )
    else:
        key, number = "d", random.randint(3, 30)
        long = wide + number
        relation = Quantity(
            "số mét chiều dài hơn chiều rộng",
            "m",
            "[chiều dài hơn chiều rộng {n} m|chiều rộng kém chiều dài {n} m|chiều rộng ngắn hơn chiều dài {n} m]",
            "chiều dài hơn chiều rộng bao nhiêu mét",
        )
    graph.add(
        "a",
        long,
        Quantity(
            f"chiều dài {thing}",
            "m",
            f"{thing} hình chữ nhật của {who} có chiều dài {{n}} m",
            f"chiều dài {thing} là bao nhiêu mét",
        ),
    )
    graph.add(
        "b",
        wide,
        Quantity(
            f"chiều rộng {thing}",
            "m",
            f"{thing} hình chữ nhật của {who} có chiều rộng {{n}} m",
            f"chiều rộng {thing} là bao nhiêu mét",
        ),
    )
    graph.add(key, number, relation)
    graph.rule("×" if key == "k" else "+", "a", "b", key)
    graph.add(
        "half",
        long + wide,
        Quantity(
            f"nửa chu vi {thing}",
            "m",
            f"[nửa chu vi {thing} là {{n}} m|tổng chiều dài và chiều rộng {thing} là {{n}} m]",
            f"nửa chu vi {thing} là bao nhiêu mét",
        ),
    )
    graph.rule("+", "half", "a", "b")
    graph.add("two", 2, Quantity("hai", "", free=True))
    graph.add(
        "around",
        2 * (long + wide),
        Quantity(
            f"chu vi {thing}",
            "m",
            f"[chu vi {thing} là {{n}} m|{thing} có chu vi {{n}} m]",
            f"chu vi {thing} là bao nhiêu mét",
        ),
    )
    graph.rule("×", "around", "half", "two")
    area = long * wide
    graph.add(
        "area",
        area,
        Quantity(
            f"diện tích {thing}",
            "m²",
            f"[diện tích {thing} là {{n}} m²|{thing} có diện tích {{n}} m²]",
            f"diện tích {thing} là bao nhiêu mét vuông",
        ),
    )
    graph.rule("×", "area", "a", "b")
    each = random.randint(least, most)
    graph.add(
        "y",
        each,
        Quantity(
            f"số ki-lô-gam {crop} thu được trên 1 m²",
            "kg",
            f"[trung bình cứ 1 m² thu được {{n}} kg {crop}|{who} trồng {crop}, cứ 1 m² thu hoạch được {{n}} kg]",
            f"trung bình 1 m² thu được bao nhiêu ki-lô-gam {crop}",
        ),
    )
    graph.add(
        "h",
        area * each,
        Quantity(
            f"số ki-lô-gam {crop} thu được",
            "kg",
            f"[cả {thing} thu được {{n}} kg {crop}|{who} thu được tất cả {{n}} kg {crop}]",
            f"cả {thing} thu được bao nhiêu ki-lô-gam {crop}",
        ),
    )
    graph.rule("×", "h", "area", "y")
    price = random.randrange(cheap, dear + 1, 1000)
    graph.add(
        "price",
        price,
        Quantity(
            f"giá bán 1 kg {crop}",
            "đồng",
            f"[mỗi ki-lô-gam {crop} bán được {{n}} đồng|giá bán mỗi ki-lô-gam {crop} là {{n}} đồng]",
            f"mỗi ki-lô-gam {crop} bán được bao nhiêu tiền",
        ),
    )
    graph.add(
        "money",
        area * each * price,
        Quantity(
            f"số tiền bán {crop}",
            "đồng",
            f"{who} bán {crop} được [tất cả |]{{n}} đồng",
            f"{who} bán {crop} được bao nhiêu tiền",
        ),
    )
    graph.rule("×", "money", "h", "price")
    return graph


def journey(random: Random, low: int, high: int) -> Graph:
    """Two parts of a way at two speeds. Keys: v1, t1, s1, v2, t2, s2, way, time."""
    vehicle = draw_noun(random, "vehicles", "speed", 4, 90)
    start, end = places(random, 2)
    graph = Graph(opening=f"một {vehicle.name} đi từ {start} đến {end}", introduced=("",))
    for place, part in ((1, "đoạn đường đầu"), (2, "đoạn đường sau")):
        speed = random.choice(vehicle.range("speed"))
        hours = random.randint(1 if place == 2 else 2, 4)
        graph.add(
            f"v{place}",
            speed,
            Quantity(
                f"vận tốc của {vehicle.name} trên {part}",
                "km/h",
                f"[trên {part}, {vehicle.name} đi với vận tốc {{n}} km/h|{vehicle.name} đi {part} với vận tốc {{n}} km/h]",
                f"vận tốc của {vehicle.name} trên {part} là bao nhiêu",
            ),
        )
        graph.add(
            f"t{place}",
            hours,
            Quantity(
                f"thời gian {vehicle.name} đi {part}",
                "giờ",
                f"[{vehicle.name} đi {part} hết {{n}} giờ|thời gian đi {part} là {{n}} giờ]",
                f"{vehicle.name} đi {part} hết bao nhiêu giờ",
            ),
        )
        graph.add(
            f"s{place}",
            speed * hours,
            Quantity(f"độ dài {part}", "km", f"{part} dài {{n}} km", f"{part} dài bao nhiêu ki-lô-mét"),
        )
        graph.rule("×", f"s{place}", f"v{place}", f"t{place}")
    graph.add(
        "way",
        graph.values["s1"] + graph.values["s2"],
        Quantity(
            f"quãng đường từ {start} đến {end}",
            "km",
            f"quãng đường từ {start} đến {end} dài {{n}} km",
            f"quãng đường từ {start} đến {end} dài bao nhiêu ki-lô-mét",
        ),
    )
    graph.rule("+", "way", "s1", "s2")
    graph.add(
        "time",
        graph.values["t1"] + graph.values["t2"],
        Quantity(
            f"thời gian {vehicle.name} đi cả quãng đường",
            "giờ",
            f"{vehicle.name} đi cả quãng đường hết {{n}} giờ",
            f"{vehicle.name} đi cả quãng đường hết bao nhiêu giờ",
        ),
    )
    graph.rule("+", "time", "t1", "t2")
    return graph


def trees_along_road(random: Random, low: int, high: int) -> Graph:
    """Trees at even distances, at both ends too. Keys: gap, i (intervals), way, n (trees on one side), all (on both)."""
    thing, plant = random.choice(
        (("cây", "trồng"), ("cột đèn", "dựng"), ("cọc tiêu", "cắm"), ("cây phượng", "trồng"), ("cây bàng", "trồng"))
    )
    road = random.choice(("đoạn đường", "con đường", "con kênh"))
    gap = random.randint(3, 12) if "cây" in thing else random.randint(8, 50)
    count = random.randint(6, max(9, min(90, high // gap)))
    graph = Graph()
    graph.add(
        "way",
        gap * count,
        Quantity(f"độ dài {road}", "m", f"[một {road} dài {{n}} m|độ dài một {road} là {{n}} m]", f"{road} dài bao nhiêu mét"),
    )
    graph.add(
        "gap",
        gap,
        Quantity(
            f"khoảng cách giữa hai {thing} liền nhau",
            "m",
            f"[người ta {plant} {thing} dọc một bên {road}, hai đầu đều có {thing}, cứ cách {{n}} m {plant} một {thing}|dọc một bên {road} người ta {plant} {thing} cách đều nhau {{n}} m, cả hai đầu đều có {thing}]",
            f"hai {thing} liền nhau cách nhau bao nhiêu mét",
        ),
    )
    graph.add("i", count, Quantity("số khoảng cách", "khoảng"))
    graph.rule("×", "way", "gap", "i")
    graph.add("one", 1, Quantity("một", "", free=True))
    graph.add(
        "n",
        count + 1,
        Quantity(
            f"số {thing} {plant} ở một bên {road}",
            thing,
            f"[một bên {road} có {{n}} {thing} cách đều nhau, kể cả hai đầu|dọc một bên {road} có {{n}} {thing} cách đều nhau, hai đầu đều có {thing}]",
            f"một bên {road} có bao nhiêu {thing}",
        ),
    )
    graph.rule("+", "n", "i", "one")
    graph.add("two", 2, Quantity("hai", "", free=True))
    graph.add(
        "all",
        2 * (count + 1),
        Quantity(f"số {thing} ở cả hai bên {road}", thing, "", f"{plant} như thế ở cả hai bên thì có tất cả bao nhiêu {thing}"),
    )
    graph.rule("×", "all", "n", "two")
    return graph
