"""Several articles told at once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.summarisers.several import Line, Piece, Section, tell_digest, tell_story

PRICES = "Chỉ số giá tiêu dùng tháng 10 của tỉnh Bình An tăng 0,21% so với tháng trước."
AGAIN = "Tháng 10, chỉ số giá tiêu dùng tỉnh Bình An tăng 0,21%."
LATER = "Chỉ số giá tiêu dùng tháng 11 của tỉnh Bình An tăng 0,35% so với tháng trước."
CAUSE = "Nguyên nhân chính là học phí và giá điện sinh hoạt tăng."
GOAL = "Mức tăng này thấp hơn mục tiêu 4,5% của cả năm."
HARVEST = "Nông dân các xã ven sông đã gặt xong lúa vụ đông xuân."

FIRST = Piece("Giá tiêu dùng tháng 10 tăng 0,21%", f"{PRICES} {CAUSE}", "https://a.example/1", "Giá cả")
SECOND = Piece("CPI tháng 10: tăng nhẹ", f"{AGAIN} {GOAL}", "https://b.example/2", "Giá cả")
THIRD = Piece("Được mùa lúa đông xuân", HARVEST, "https://c.example/3", "Nông nghiệp")


def test_a_story_is_told_in_turn_and_nothing_twice() -> None:
    assert tell_story([FIRST, SECOND]) == (
        Line(FIRST.title, PRICES, FIRST.url),
        Line(FIRST.title, CAUSE, FIRST.url),
        Line(SECOND.title, GOAL, SECOND.url),
    )


def test_what_does_not_fit_gives_way_to_what_does() -> None:
    told = tell_story([FIRST, SECOND], limit=len(PRICES) + 1 + len(GOAL))
    assert [line.text for line in told] == [PRICES, GOAL]


def test_other_figures_are_other_news() -> None:
    """C3"""
    later = Piece("Giá tiêu dùng tháng 11 tăng 0,35%", LATER, "https://a.example/4")
    assert [line.text for line in tell_story([FIRST, later])][:2] == [PRICES, LATER]
    assert len(tell_digest([FIRST, later])) == 2
    fell = Piece(FIRST.title.replace("tăng", "giảm"), "", "https://a.example/5")
    assert len(tell_digest([FIRST, fell])) == 2


def test_a_digest_is_grouped_by_topic_in_the_order_given() -> None:
    assert tell_digest([FIRST, THIRD, SECOND]) == (
        Section("Giá cả", (Line(FIRST.title, PRICES, FIRST.url), Line(SECOND.title, AGAIN, SECOND.url))),
        Section("Nông nghiệp", (Line(THIRD.title, HARVEST, THIRD.url),)),
    )


def test_a_digest_names_no_news_twice() -> None:
    same = Piece("Giá tiêu dùng tháng 10 tăng 0,21%", AGAIN, "https://b.example/9", "Tin chung")
    assert tell_digest([FIRST, same, FIRST]) == tell_digest([FIRST])


def test_what_a_topic_has_no_room_for_is_counted() -> None:
    (section,) = tell_digest([FIRST, SECOND], most=1)
    assert (section.lines[0].title, section.more) == (FIRST.title, 1)


def test_a_summary_that_only_repeats_its_title_is_left_out() -> None:
    piece = Piece("Được mùa lúa đông xuân", "Được mùa lúa đông xuân.", "https://c.example/3")
    assert tell_digest([piece])[0].lines == (Line(piece.title, "", piece.url),)


def test_without_articles_there_is_nothing_to_tell() -> None:
    assert (tell_story([]), tell_digest([])) == ((), ())


@settings(deadline=None)
@given(st.lists(st.sampled_from([FIRST, SECOND, THIRD])), st.integers(min_value=0, max_value=300))
def test_every_line_is_its_articles_own_and_all_fit(pieces: list[Piece], limit: int) -> None:
    told = tell_story(pieces, limit=limit)
    assert sum(len(line.text) for line in told) + max(0, len(told) - 1) <= limit
    assert all(any(line.url == one.url and line.text in one.summary for one in pieces) for line in told)
    assert len({line.text for line in told}) == len(told)
