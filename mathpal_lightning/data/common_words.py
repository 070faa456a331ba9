"""Words of school problems that are Vietnamese as they stand and also in TCVN3 or VNI: `có` is `cú` there, and `cã` is `có`."""

_WORDS = """
án âm bá bán bánh bé bên bít bò bó bóc bóng bông bộ bố bốn bỏ bút bớt bị bơi bồn bốc cá các cái cân câu chì chín chia chó
chóp chóng chú chúng chơi chị chồng chỗ cô công có còn cóc cố cối cơm cùng cúc cũng dài dán dân dê dòng dùng dũng dụng dừa
dự đó gà gì giá gió giúp giống giờ gói góc góp gốc gồm gỗ hai hoà hòa hoàn hoàng hòn hồ hồng hôm hùng hỏi hộp hơi hơn khó
không khô khóc khối khúc là lãi lên lê lí lít lô lông lúc lúa lớn lớp lỗ lồng mã màu mãn mẹ mét một món môn mỗi mốt mũ mũi
nào nâng nâu này nên ngô ngôi ngoài ngồi ngỗng nhãn nhân nhìn nhóm nhỏ nhớ nhựa nó nói nón nơi nối ô ít phân phép phòng phút
phố quãng quân quán rộng rồi rót rút sách sáng sân sau sớm số sông sơn sự tám tâm tên thêm thì thị thỏ thô thôn thóc thơ
thùng thúng thừa thống tím tính tìm tíc tích tòa toà toàn toán tô tôn tốc tối tốt tố tờ túi tù tự tháng trái trên trí trò
tròn trồng trống trùng trúng trụ trừ trị từ từng thúc vì vòi vòng vôn vốn vừa vị xanh xét xóa xôi xoài xúc
"""
COMMON_WORDS = frozenset(_WORDS.split())
