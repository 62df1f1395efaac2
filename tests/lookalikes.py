"""Pairs of different articles that share most of their words, made up: a footer, an introduction, or a whole form."""

import random
from collections.abc import Callable, Sequence

from tests.families import Piece

FOOTERS = (
    "Cổng thông tin điện tử tỉnh chịu trách nhiệm về nội dung đăng tải, giấy phép số 12/GP-TTĐT, ghi rõ nguồn khi phát "
    "hành lại thông tin từ trang này.",
    "Cơ quan chủ quản: Ủy ban nhân dân tỉnh. Chịu trách nhiệm chính: Chánh Văn phòng Ủy ban nhân dân tỉnh. Giấy phép "
    "số 45/GP-STTTT ngày 12/3/2021. Địa chỉ: số 2 đường Lê Duẩn, phường Trung Tâm. Điện thoại: 0270.3822233. Thư điện "
    "tử: banbientap@tinh.example.vn. Mọi hình thức sao chép phải được sự đồng ý bằng văn bản của Ban Biên tập.",
    "Quý bạn đọc quan tâm đến các dịch vụ công trực tuyến có thể truy cập Cổng dịch vụ công của tỉnh hoặc gọi tổng đài "
    "1022 để được hướng dẫn tận tình, miễn phí, vào tất cả các ngày trong tuần.",
    "Theo dõi chúng tôi trên các nền tảng để nhận tin mới nhất mỗi ngày và đừng quên chia sẻ bài viết này đến bạn bè.",
)
TITLES = (
    "Kết quả thu ngân sách kỳ 11",
    "Kế hoạch số 179/KH-UBND được phê duyệt hôm nay",
    "Khai mạc giải bóng chuyền nông dân",
    "Hơn 200 hộ nghèo được hỗ trợ xây nhà",
    "Cảnh báo lừa đảo qua điện thoại",
    "Đoàn viên thanh niên ra quân làm sạch bãi biển",
    "Tuyển dụng 35 giáo viên mầm non",
    "Xã Long Thạnh đạt chuẩn nông thôn mới nâng cao",
    "Dịch tả lợn châu Phi cơ bản được khống chế",
    "Khánh thành cầu bắc qua sông Cái",
)
SENTENCES = (
    "Tổng thu nội địa trong kỳ đạt 1.250 tỷ đồng, bằng 92% dự toán được giao.",
    "Các sở, ngành được giao xây dựng nội dung chi tiết trước cuối tháng này.",
    "Mười hai đội đến từ các xã, phường tranh tài trong ba ngày.",
    "Mỗi gia đình nhận 60 triệu đồng, phần còn lại do họ hàng và làng xóm góp công.",
    "Kẻ gian tự xưng là cán bộ thuế và yêu cầu người dân cài đặt phần mềm lạ.",
    "Gần ba tấn rác thải nhựa được thu gom sau một buổi sáng.",
    "Hồ sơ nộp trực tiếp tại phòng tiếp nhận trong giờ hành chính.",
    "Thu nhập bình quân đầu người ở đây đã vượt 70 triệu đồng một năm.",
    "Ba tuần qua không phát sinh ổ bệnh mới nào trong khu vực.",
    "Công trình dài 320 mét, rút ngắn quãng đường đi học của nhiều em nhỏ.",
    "Lãnh đạo địa phương đã đến chia vui và tặng quà cho bà con.",
    "Nhiều ý kiến đề nghị tiếp tục duy trì cách làm này trong thời gian tới.",
)
_MATTERS = (
    ("hướng dẫn chấm điểm thi đua", "Thang điểm gồm năm nhóm tiêu chí, cấp xã tự chấm trước rồi gửi về tổ thẩm định."),
    (
        "kiểm tra công vụ đột xuất",
        "Đoàn sẽ đến các đơn vị không báo trước, chú ý giờ giấc và thái độ phục vụ người dân.",
    ),
    (
        "sắp xếp lại các phòng chuyên môn",
        "Hai phòng được nhập làm một và giảm ba cấp phó; biên chế dôi dư giải quyết dần.",
    ),
    ("số hóa hồ sơ lưu trữ", "Toàn bộ tài liệu giấy được quét và gắn mã, bắt đầu từ lĩnh vực đất đai, hộ tịch."),
    ("bồi dưỡng tiếng dân tộc", "Lớp học mở vào buổi tối, học viên là cán bộ trẻ đang công tác ở các xã vùng cao."),
    ("khen thưởng cán bộ một cửa", "Những người được khách hàng chấm từ chín điểm trở lên trong cả năm sẽ có tên."),
)
_OFFICES = ("Nội vụ", "Y tế", "Công Thương", "Giáo dục và Đào tạo", "Khoa học và Công nghệ")
_PLACES = (
    "Phú Lương",
    "Mỹ Phước",
    "Tân Hải",
    "Long Thạnh",
    "Vĩnh Hảo",
    "Đông Giang",
    "Suối Kiết",
    "Gia An",
    "Hòa Bình",
)
_PEOPLE = ("Trần Văn Hùng", "Nguyễn Thị Mai", "Lê Quốc Bảo", "Phạm Thu Hà", "Võ Minh Tâm", "Đỗ Ngọc Lan", "Bùi Thế Anh")
_SUBJECTS = (
    "phòng chống thiên tai",
    "chuyển đổi số",
    "an toàn thực phẩm",
    "cải cách hành chính",
    "xây dựng nông thôn mới",
)
_GOODS = ("Gạo thơm", "Thịt heo ba chỉ", "Cá lóc", "Trứng gà", "Rau muống", "Cam sành", "Cà phê nhân", "Hồ tiêu")

Draw = Callable[[random.Random], tuple[Piece, Piece]]


def draw_described(rng: random.Random) -> tuple[Piece, Piece]:
    """Two items of a feed whose descriptions end with one footer."""
    footer = rng.choice(FOOTERS)
    sentences = rng.sample(SENTENCES, 2)
    one, other = rng.sample(TITLES, 2)
    return Piece(one, (f"{sentences[0]} {footer}",)), Piece(other, (f"{sentences[1]} {footer}",))


def draw_undescribed(rng: random.Random) -> tuple[Piece, Piece]:
    """Two items of a feed of which one has nothing but the footer."""
    one, other = draw_described(rng)
    footer = next(footer for footer in FOOTERS if one.text.endswith(footer))
    return Piece(one.title, (footer,)), Piece(other.title, (rng.choice((footer, other.text)),))


def draw_pages(rng: random.Random) -> tuple[Piece, Piece]:
    """Two short pages, with two footers under each."""
    footers = rng.sample(FOOTERS, 2)
    sentences = rng.sample(SENTENCES, 6)
    one, other = rng.sample(TITLES, 2)
    return Piece(one, (" ".join(sentences[:3]), *footers)), Piece(other, (" ".join(sentences[3:]), *footers))


def draw_introduced(rng: random.Random) -> tuple[Piece, Piece]:
    """What two releases of one office have to say, after one introduction; one of them may be cut off before it."""
    office, number, day = rng.choice(_OFFICES), rng.randint(11, 199), f"{rng.randint(1, 28)}/10/2026"
    intro = (
        f"Thực hiện Kế hoạch số {number}/KH-UBND ngày {day} của Ủy ban nhân dân tỉnh về nâng cao chất lượng phục vụ "
        f"người dân và doanh nghiệp trên địa bàn tỉnh năm 2026, Sở {office} đã ban hành văn bản gửi các cơ quan, đơn vị"
    )
    pieces = []
    for matter, substance in rng.sample(_MATTERS, 2):
        text = f"{intro} về việc {matter}. {substance}" if rng.random() < 0.8 else f"{intro}…"
        pieces.append(Piece(f"Sở {office} {matter}", (text,)))
    return pieces[0], pieces[1]


def draw_invitations(rng: random.Random) -> tuple[Piece, Piece]:
    office = rng.choice(_OFFICES)

    def write(subject: str, place: str, host: str, day: int) -> Piece:
        return Piece(
            f"Giấy mời họp về công tác {subject}",
            (
                f"Sở {office} trân trọng kính mời đại diện lãnh đạo các cơ quan, đơn vị đến dự cuộc họp bàn về công "
                f"tác {subject} do ông {host} chủ trì.",
                f"Thời gian: 8 giờ 00, ngày {day}/11/2026. Địa điểm: hội trường Ủy ban nhân dân xã {place}. Đề nghị "
                "các đại biểu đến dự đầy đủ, đúng thành phần và đúng thời gian quy định để cuộc họp đạt kết quả tốt.",
            ),
        )

    return _write_two(write, rng, _SUBJECTS, _PLACES, _PEOPLE, range(2, 29))


def draw_power_cuts(rng: random.Random) -> tuple[Piece, Piece]:
    """Only the place, the day and the hours are others; half of the titles are the same."""
    is_named = rng.random() < 0.5

    def write(place: str, day: int, hour: int) -> Piece:
        return Piece(
            f"Thông báo tạm ngừng cung cấp điện tại xã {place}" if is_named else "Thông báo tạm ngừng cung cấp điện",
            (
                f"Điện lực Trung Tâm thông báo đến quý khách hàng sử dụng điện tại xã {place}: để bảo đảm an toàn khi "
                f"sửa chữa lưới điện, chúng tôi sẽ tạm ngừng cung cấp điện từ {hour} giờ đến {hour + 4} giờ ngày "
                f"{day}/11/2026. Rất mong quý khách hàng thông cảm và chủ động kế hoạch sản xuất, sinh hoạt. Khi cần "
                "hỗ trợ, xin quý khách gọi tổng đài 1900 1006 hoặc truy cập trang chăm sóc khách hàng của Điện lực.",
            ),
        )

    return _write_two(write, rng, _PLACES, range(2, 29), range(5, 14))


def draw_prices(rng: random.Random) -> tuple[Piece, Piece]:
    """The same goods in the same market, a week later."""
    place, goods = rng.choice(_PLACES), rng.sample(_GOODS, 6)

    def write(week: int, seed: int) -> Piece:
        dice = random.Random(seed)
        prices = "; ".join(f"{what}: {dice.randint(15, 180)}.000 đồng/kg" for what in goods)
        return Piece(
            f"Giá cả thị trường chợ {place} tuần {week}",
            (
                f"Theo khảo sát của tổ thống kê giá tại chợ {place}, giá bán lẻ một số mặt hàng thiết yếu trong tuần "
                f"{week} như sau. {prices}.",
                "Sức mua nhìn chung ổn định, nguồn hàng dồi dào, không có tình trạng khan hiếm hay tăng giá "
                "bất thường.",
            ),
        )

    return _write_two(write, rng, range(30, 50), range(1000))


def draw_exams(rng: random.Random) -> tuple[Piece, Piece]:
    """Two rooms of one examination."""

    def write(room: int, seed: int) -> Piece:
        dice = random.Random(seed)
        people = dice.sample(_PEOPLE, 5)
        lines = (f"{dice.randint(100, 999)} {name}, sinh năm {dice.randint(1985, 2003)}" for name in people)
        return Piece(
            f"Danh sách thí sinh dự thi viên chức, phòng thi số {room}",
            (
                "Hội đồng tuyển dụng thông báo danh sách thí sinh đủ điều kiện dự vòng hai kỳ tuyển dụng viên chức năm "
                f"2026, phòng thi số {room}. Thí sinh có mặt trước giờ thi 30 phút, mang theo căn cước công dân và "
                "giấy báo dự thi, không mang tài liệu và điện thoại vào phòng thi.",
                "; ".join(lines),
            ),
        )

    return _write_two(write, rng, range(1, 30), range(1000))


def draw_appointments(rng: random.Random) -> tuple[Piece, Piece]:
    """Nothing but the name and the place is another."""

    def write(person: str, place: str) -> Piece:
        return Piece(
            f"Trao quyết định bổ nhiệm Chủ tịch Ủy ban nhân dân xã {place}",
            (
                "Sáng 12/11, Ủy ban nhân dân tỉnh tổ chức lễ công bố và trao quyết định về công tác cán bộ. Theo quyết "
                f"định, ông {person} được bổ nhiệm giữ chức Chủ tịch Ủy ban nhân dân xã {place}, thời hạn năm năm.",
                "Phát biểu giao nhiệm vụ, lãnh đạo tỉnh đề nghị người được bổ nhiệm tiếp tục phát huy năng lực, kinh "
                "nghiệm, giữ gìn đoàn kết nội bộ và hoàn thành tốt nhiệm vụ được giao.",
            ),
        )

    return _write_two(write, rng, _PEOPLE, _PLACES)


def _write_two(
    write: Callable[..., Piece], rng: random.Random, *choices: Sequence[str] | Sequence[int]
) -> tuple[Piece, Piece]:
    """Two pieces of one form; at least one thing that is filled in is another, and mostly two or more."""
    one = [rng.choice(values) for values in choices]
    other = [rng.choice(values) if rng.random() < 0.6 else value for values, value in zip(choices, one, strict=True)]
    return (write(*one), write(*other)) if other != one else _write_two(write, rng, *choices)


LOOKALIKES: dict[str, Draw] = {
    "footers in feeds": draw_described,
    "footers alone": draw_undescribed,
    "footers on pages": draw_pages,
    "one introduction": draw_introduced,
    "invitations": draw_invitations,
    "power cuts": draw_power_cuts,
    "weekly prices": draw_prices,
    "examination lists": draw_exams,
    "appointments": draw_appointments,
}
