"""What is told beside the lead is new."""

from feeds.summarisers.news import choose_new, is_meeting

TITLE = "Hội nghị sơ kết công tác thống kê 6 tháng đầu năm"
LEAD = "Sáng 14/7/2026, Cục Thống kê tỉnh Bình An họp với 124 xã, phường về công tác điều tra."
AGAIN = "Hội nghị sơ kết công tác thống kê 6 tháng đầu năm của Cục Thống kê tỉnh Bình An đã khai mạc."
GUESTS = "Tham dự buổi làm việc còn có ông Lê Văn Tám và lãnh đạo nhiều đơn vị khác."
MEASURED = "Sản lượng lúa vụ đông xuân ước đạt 812.400 tấn, tăng 3,2% so với năm ngoái."
DECIDED = "Bà Lê Thị Hoa đề nghị mọi đơn vị chuẩn bị nhân lực cho đợt rà soát sắp tới."
LEANING = "Theo đó, mọi đơn vị cần đề nghị bổ sung nhân lực cho đợt rà soát sắp tới."
CAPTION = "Đồng chí Lê Văn Tám – Phó Cục trưởng phụ trách chuyên môn của đơn vị"


def test_of_a_meeting_what_was_asked_for_comes_first_and_who_came_last() -> None:
    ordered = choose_new([GUESTS, MEASURED, LEANING, DECIDED], LEAD, TITLE)
    assert (ordered[0], ordered[-1]) == (3, 0)


def test_elsewhere_figures_and_what_comes_early_are_preferred() -> None:
    story = [GUESTS, MEASURED, DECIDED]
    assert choose_new(story, "Nông dân đã gặt xong.", "Được mùa lúa")[0] == 1


def test_what_was_told_captions_and_headings_are_never_chosen() -> None:
    assert choose_new([LEAD, AGAIN, CAPTION, "Kết quả cụ thể của các đơn vị như sau:"], LEAD, TITLE) == []


def test_meetings_are_told_by_their_titles() -> None:
    assert is_meeting("Giao ban quý III")
    assert not is_meeting("Giá vàng tăng")
