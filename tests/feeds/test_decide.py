"""What is new and what is not: a sentence a scenario, and properties that hold for any feed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.decide import (
    MOST_ANNOUNCED,
    Decision,
    Known,
    New,
    are_alike,
    choose_announced,
    decide,
    get_published_at,
    has_gap,
    keys_of,
    wanted_keys,
)
from feeds.types import Entry

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SITE = "https://cuc.example.vn"
NEVER = datetime.max.replace(tzinfo=UTC)


class Store:
    """Remembers keys as the database does, poll after poll."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.count = 0

    def poll(self, *entries: Entry) -> list[str]:
        """The titles of what is new, oldest first."""
        decision = self.decide(entries)
        return [new.entry.title for new in decision.new]

    def decide(self, entries: Sequence[Entry]) -> Decision:
        wanted = {key for entry in entries for key in wanted_keys(entry)}
        decision = decide(entries, {key: known for key, known in self.known.items() if key in wanted})
        for new in decision.new:
            self.count += 1
            assert not set(new.keys) & set(self.known)
            article = Known(self.count, new.entry.title, get_published_at(new.entry, NOW))
            self.known |= dict.fromkeys(new.keys, article)
        articles = {known.article_id: known for known in self.known.values()}
        for seen in decision.seen:
            self.known |= dict.fromkeys(seen.missing_keys, articles[seen.article_id])
        return decision


def at(day: int, hour: int = 8) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


MEETING = Entry(
    "Hội nghị sơ kết công tác quý III", f"{SITE}/tin/1.html", "1", "Sáng 20/11, Cục tổ chức hội nghị.", at(20)
)
PRICES = Entry("Chỉ số giá tiêu dùng tháng 11 tăng 0,3%", f"{SITE}/tin/2.html", "2", "CPI tháng 11 tăng nhẹ.", at(21))
CENSUS = Entry("Ra quân điều tra dân số giữa kỳ", f"{SITE}/tin/3.html", "3", "Huyện ra quân điều tra.", at(19))
ALL = (PRICES, MEETING, CENSUS)
TITLES = [CENSUS.title, MEETING.title, PRICES.title]


@pytest.fixture
def store() -> Store:
    return Store()


def test_what_was_never_seen_is_new_oldest_first(store: Store) -> None:
    assert store.poll(*ALL) == TITLES
    assert store.poll(*ALL) == []


def test_without_dates_the_end_of_the_feed_is_oldest(store: Store) -> None:
    assert store.poll(*(replace(entry, published_at=None) for entry in ALL[:2]), CENSUS) == [
        CENSUS.title,
        MEETING.title,
        PRICES.title,
    ]


@pytest.mark.parametrize("missing", ["guid", "url", "description"])
def test_items_without_guid_or_link_are_recognised(store: Store, missing: str) -> None:
    """N1 N15"""
    entries = [replace(entry, **{missing: ""}) for entry in ALL]  # type: ignore[arg-type]
    assert store.poll(*entries) == TITLES
    assert store.poll(*entries) == []


def test_items_with_nothing_but_a_title_are_recognised(store: Store) -> None:
    """N1 N11 N15"""
    entries = [Entry(entry.title) for entry in ALL]
    assert store.poll(*entries) == TITLES
    assert store.poll(*entries) == []
    assert store.poll(Entry("Thông báo nghỉ lễ"), *entries) == ["Thông báo nghỉ lễ"]


def test_one_guid_on_all_items_is_not_trusted(store: Store) -> None:
    """N2"""
    entries = [replace(entry, guid="tin-tuc") for entry in ALL]
    assert store.poll(*entries[1:]) == TITLES[:2]
    assert store.poll(*entries) == [PRICES.title]


def test_one_link_on_all_items_is_not_trusted(store: Store) -> None:
    """N2"""
    entries = [replace(entry, url=f"{SITE}/tin-tuc", guid="") for entry in ALL]
    assert store.poll(*entries[1:]) == TITLES[:2]
    assert store.poll(*entries) == [PRICES.title]


def test_a_constant_guid_shows_even_when_the_feed_holds_one_item(store: Store) -> None:
    """N2"""
    assert store.poll(replace(MEETING, guid="tin-tuc")) == [MEETING.title]
    assert store.poll(replace(PRICES, guid="tin-tuc")) == [PRICES.title]
    assert store.poll(replace(MEETING, guid="tin-tuc")) == []


def test_a_constant_link_shows_when_guids_tell_otherwise(store: Store) -> None:
    """N2"""
    assert store.poll(replace(MEETING, url=f"{SITE}/moi-nhat")) == [MEETING.title]
    assert store.poll(replace(PRICES, url=f"{SITE}/moi-nhat")) == [PRICES.title]
    assert store.poll(replace(PRICES, url=f"{SITE}/moi-nhat")) == []


def test_the_front_page_of_a_site_is_no_link_of_an_article(store: Store) -> None:
    """N2"""
    assert keys_of(replace(MEETING, url=f"{SITE}/")).link == ""
    assert store.poll(replace(MEETING, url=SITE, guid="")) == [MEETING.title]
    assert store.poll(replace(PRICES, url=SITE, guid="")) == [PRICES.title]


def test_a_guid_that_changes_at_each_fetch_is_no_news(store: Store) -> None:
    """N3"""
    store.poll(*ALL)
    assert store.poll(*(replace(entry, guid=f"new-{entry.guid}") for entry in ALL)) == []


def test_a_link_that_changes_at_each_fetch_is_no_news(store: Store) -> None:
    """N3"""
    store.poll(*ALL)
    assert store.poll(*(replace(entry, url=f"{entry.url}?rnd=77{entry.guid}") for entry in ALL)) == []


def test_guid_and_link_that_both_change_are_no_news_while_title_and_day_stay(store: Store) -> None:
    """N3"""
    store.poll(*ALL)
    assert store.poll(*(replace(e, url=f"{e.url}?rnd=77", guid=f"{e.guid}-77") for e in ALL)) == []


def test_changing_links_of_bare_titles_are_no_news(store: Store) -> None:
    """N3"""
    store.poll(*(Entry(e.title, f"{e.url}?rnd=1") for e in ALL))
    assert store.poll(*(Entry(e.title, f"{e.url}?rnd=2") for e in ALL)) == []


def test_without_date_the_description_tells_that_a_moved_item_is_the_same(store: Store) -> None:
    """N3"""
    undated = replace(MEETING, guid="", published_at=None)
    store.poll(undated)
    assert store.poll(replace(undated, url=f"{SITE}/su-kien/hoi-nghi")) == []


def test_a_mended_title_is_no_news(store: Store) -> None:
    """N4"""
    store.poll(*ALL)
    assert store.poll(replace(MEETING, title="Hội nghị sơ kết công tác quý 3")) == []
    assert store.poll(replace(MEETING, title="Hoi nghi so ket cong tac quy III", url=f"{SITE}/moi/1.html")) == []


def test_a_title_written_anew_under_the_same_link_is_no_news(store: Store) -> None:
    """N4"""
    store.poll(replace(MEETING, guid=""))
    assert store.poll(replace(MEETING, guid="", title="Kinh tế chín tháng khởi sắc")) == []
    store.poll(PRICES)
    assert store.poll(replace(PRICES, title="Giá cả ổn định")) == []


def test_order_says_nothing(store: Store) -> None:
    """N5"""
    store.poll(*ALL)
    assert store.poll(*reversed(ALL)) == []


def test_items_that_vanish_and_return_are_no_news(store: Store) -> None:
    """N6 N7"""
    store.poll(*ALL)
    assert store.poll() == []
    assert store.poll(MEETING) == []
    assert store.poll(*ALL) == []


def test_an_item_twice_in_one_feed_is_one(store: Store) -> None:
    copy = replace(MEETING, url=f"{MEETING.url}?utm_source=rss", description="Ngắn.")
    decision = store.decide([MEETING, copy, MEETING])
    assert [new.entry for new in decision.new] == [MEETING]


def test_weekly_notices_of_one_title_are_each_new(store: Store) -> None:
    notices = [
        Entry("Lịch công tác tuần", f"{SITE}/lich/{day}", "", "Lịch tuần của lãnh đạo.", at(day)) for day in (6, 13, 20)
    ]
    assert [len(store.poll(notice)) for notice in notices] == [1, 1, 1]


def test_two_notices_of_one_title_and_day_are_both_new(store: Store) -> None:
    first = Entry("Thông báo", f"{SITE}/tb/1", "", "Nghỉ lễ.", at(20))
    second = Entry("Thông báo", f"{SITE}/tb/2", "", "Cúp điện.", at(20))
    assert store.poll(first, second) == ["Thông báo", "Thông báo"]
    assert store.poll(second, first) == []


def test_bare_titles_on_a_list_with_steady_links_are_told_apart_by_link(store: Store) -> None:
    """N16"""
    store.poll(Entry("Lịch công tác tuần", f"{SITE}/lich/1"), Entry("Giá vàng", f"{SITE}/gia/1"))
    assert store.poll(Entry("Lịch công tác tuần", f"{SITE}/lich/2"), Entry("Giá vàng", f"{SITE}/gia/1")) == [
        "Lịch công tác tuần"
    ]


MORNING = Entry("Giá xăng dầu hôm nay", f"{SITE}/gia/sang", "", "Buổi sáng, giá xăng đứng yên.", at(20, 1))
EVENING = Entry("Giá xăng dầu hôm nay", f"{SITE}/gia/chieu", "", "Buổi chiều, giá xăng giảm 500 đồng.", at(20, 9))


def test_a_second_edition_of_one_title_and_day_is_new_where_links_are_steady(store: Store) -> None:
    """N16"""
    store.poll(MORNING, *ALL)
    assert store.poll(EVENING, *ALL) == [EVENING.title]
    assert store.poll(MORNING, EVENING, *ALL) == []


def test_an_item_without_an_address_is_known_by_title_and_day_where_links_are_steady(store: Store) -> None:
    """N15"""
    bare = replace(MORNING, url="")
    store.poll(bare, *ALL)
    assert store.poll(bare, *ALL) == []


@pytest.mark.parametrize(
    "form", ["{n} giờ trước. Bản tin.", "Bản tin, vừa xong, {n} phút trước", "Bản tin {n} hours ago"]
)
def test_relative_times_in_descriptions_are_no_part_of_identity(store: Store, form: str) -> None:
    """N3"""
    for fetch in (1, 2, 3):
        entry = Entry(MEETING.title, f"{SITE}/tin?v={fetch}", "", form.format(n=fetch))
        assert store.poll(entry) == ([MEETING.title] if fetch == 1 else [])


def make_restless(fetch: int, *entries: Entry) -> list[Entry]:
    """As a feed without dates and guids, with links and counters that change, sends them."""
    return [
        Entry(entry.title, f"{SITE}/tin?id={entry.guid}&v={fetch}", "", f"{entry.description} {fetch} lượt xem")
        for entry in entries
    ]


def test_titles_are_enough_where_everything_else_changes_at_each_fetch(store: Store) -> None:
    """N3"""
    assert store.poll(*make_restless(1, *ALL)) == [CENSUS.title, MEETING.title, PRICES.title]
    assert store.poll(*make_restless(2, *ALL)) == []
    news = replace(MEETING, title="Khánh thành cầu qua sông", guid="9")
    assert store.poll(*make_restless(3, news, *ALL)) == [news.title]


def test_one_title_is_not_enough_where_everything_else_changes(store: Store) -> None:
    """N16"""
    store.poll(*make_restless(1, MORNING))
    assert store.poll(*make_restless(2, MORNING)) == [MORNING.title]


def test_titles_are_not_enough_for_what_never_had_an_address(store: Store) -> None:
    """N15"""
    store.poll(Entry("Thông báo", description="Nghỉ lễ."), Entry("Lịch tuần", description="Tuần 1."))
    assert len(store.poll(Entry("Thông báo", description="Cúp điện."), Entry("Lịch tuần", description="Tuần 2."))) == 2


def move(entry: Entry, by: timedelta) -> Entry:
    """As a new site sends it: other links and guids, the date in another zone."""
    return replace(entry, url=f"{SITE}/moi/{entry.guid}", guid=f"x{entry.guid}", published_at=at(20, 9) + by)


@pytest.mark.parametrize("hours", [7, -7, 8, 14])
def test_a_site_that_moves_and_tells_its_dates_in_another_zone_is_no_news(store: Store, hours: int) -> None:
    """N3"""
    store.poll(*(replace(entry, published_at=at(20, 9)) for entry in ALL))
    assert store.poll(*(move(entry, timedelta(hours=hours)) for entry in ALL)) == []


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(hours=14, minutes=20)], ids=str)
def test_daily_bulletins_of_one_title_are_each_new(store: Store, by: timedelta) -> None:
    """N16"""
    store.poll(*(replace(entry, published_at=at(20, 9)) for entry in ALL))
    assert len(store.poll(*(move(entry, by) for entry in ALL))) == 3


def test_a_feed_of_one_item_under_one_link_has_news_of_each_day(store: Store) -> None:
    """N2"""
    link = f"{SITE}/ban-tin"
    first, second, third = (replace(entry, url=link, guid="") for entry in (CENSUS, MEETING, PRICES))
    assert [store.poll(one) for one in (first, second, third)] == [[CENSUS.title], [MEETING.title], [PRICES.title]]
    assert store.poll(third) == []
    assert store.poll(replace(first, title=f"{first.title} (cập nhật)", published_at=at(25))) == []


def test_what_another_source_brought_is_known_by_its_link_whatever_its_day(store: Store) -> None:
    """N8"""
    store.known[keys_of(MEETING).link] = Known(7, "Sơ kết quý III")
    assert store.poll(replace(MEETING, guid="")) == []


def test_keys_learned_later_are_kept(store: Store) -> None:
    store.poll(replace(MEETING, guid=""))
    (seen,) = store.decide([MEETING]).seen
    assert seen == type(seen)(1, (keys_of(MEETING).guid,), MEETING)


def test_a_nonsense_date_is_no_part_of_identity() -> None:
    """N11"""
    first = replace(MEETING, published_at=datetime(1970, 1, 1, tzinfo=UTC))
    assert keys_of(first) == keys_of(replace(MEETING, published_at=None))


@pytest.mark.parametrize(
    "link",
    [
        "http://cuc.example.vn/tin/1.html",
        "https://www.cuc.example.vn:443/tin/1.html/",
        "https://CUC.example.vn/tin/1.html#binh-luan",
        "https://cuc.example.vn/tin/1.html?utm_source=rss&fbclid=abc&gclid=1",
        "https://cuc.example.vn/tin/1.html;jsessionid=0123ABC",
        "https://cuc.example.vn/(S(abc123))/tin/1.html?PHPSESSID=77",
        "https://cuc.example.vn/tin/1.html?sid=0123456789abcdef0123",
        "https://cuc.example.vn/%74in/1%2Ehtml",
    ],
)
def test_one_page_under_many_addresses_has_one_key(link: str) -> None:
    """N3"""
    assert keys_of(replace(MEETING, url=link)).link == keys_of(MEETING).link


@pytest.mark.parametrize(
    "link", [f"{SITE}/tin/1.html?id=2", f"{SITE}/Tin/1.html", f"{SITE}/tin.php?sid=123", "https://["]
)
def test_other_pages_have_other_keys(link: str) -> None:
    assert keys_of(replace(MEETING, url=link)).link not in ("", keys_of(MEETING).link)


def test_the_order_of_a_query_says_nothing() -> None:
    assert keys_of(Entry("", f"{SITE}/?b=2&a=1")).link == keys_of(Entry("", f"{SITE}/?a=1&b=2")).link


def test_titles_are_alike_when_half_of_them_is() -> None:
    assert are_alike("Hội nghị", "Hội nghị")
    assert are_alike("Hội nghị sơ kết", "hoi nghi so ket")
    assert not are_alike("Thông báo", "Hội nghị")
    assert not are_alike("Hội nghị sơ kết công tác", "Công tác dân vận quý một")


def test_a_full_feed_of_strangers_is_a_gap() -> None:
    """N10"""
    entries = [Entry(f"Tin số {number}", f"{SITE}/{number}") for number in range(5)]
    full = decide(entries, {})
    known = {keys_of(entries[0]).link: Known(1, entries[0].title)}
    assert has_gap(full, was_polled=True)
    assert not has_gap(full, was_polled=False)
    assert not has_gap(decide(entries[:4], {}), was_polled=True)
    assert not has_gap(decide(entries, known), was_polled=True)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (None, NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW),
        (NOW + timedelta(days=2), NOW),
        (NOW + timedelta(hours=7), NOW + timedelta(hours=7)),
        (at(20), at(20)),
    ],
)
def test_a_date_that_cannot_be_is_now(date: datetime | None, expected: datetime) -> None:
    """N11"""
    assert get_published_at(Entry("x", published_at=date), NOW) == expected


def make_new(*days: int) -> tuple[New, ...]:
    """Entries published so many days ago."""
    return tuple(New(Entry(f"Tin {day}", published_at=NOW - timedelta(days=day)), (f"g:{day}",)) for day in days)


def test_an_old_item_pinned_on_top_is_no_news() -> None:
    """N12"""
    pinned, late, fresh = new = make_new(31, 29, 0)
    for newest in (None, NOW, NOW + timedelta(hours=3)):
        assert choose_announced(new, newest=newest, first_items=None, now=NOW) == (late, fresh)
    assert pinned not in choose_announced(new, newest=NOW, first_items=None, now=NOW)


def test_a_source_that_dates_its_news_long_ago_is_heard() -> None:
    """N11"""
    new = make_new(900, 880)
    assert choose_announced(new, newest=NOW - timedelta(days=905), first_items=None, now=NOW) == new


@pytest.mark.parametrize(("first_items", "expected"), [(0, ()), (2, (29, 0)), (9, (31, 29, 0))])
def test_of_the_first_items_only_the_last_are_news(first_items: int, expected: tuple[int, ...]) -> None:
    """D11"""
    new = make_new(31, 29, 0)
    assert choose_announced(new, newest=None, first_items=first_items, now=NOW) == make_new(*expected)


def test_of_very_many_at_once_only_the_newest_are_news() -> None:
    """N7"""
    new = make_new(*range(29, -1, -1), *[0] * 20)
    assert choose_announced(new, newest=NOW, first_items=None, now=NOW) == new[-MOST_ANNOUNCED:]
    assert len(choose_announced(new, newest=None, first_items=40, now=NOW)) == 40


WORDS = st.sampled_from(["", "Thông báo", "Hội nghị sơ kết", "Hội nghị sơ kết quý ba năm nay", "Giá vàng", "???", "…"])
ENTRIES = st.lists(
    st.builds(
        Entry,
        title=WORDS,
        url=st.sampled_from(["", SITE, f"{SITE}/a", f"{SITE}/a?utm_x=1", f"{SITE}/b", f"{SITE}/c", "https://["]),
        guid=st.sampled_from(["", "1", "2", f"{SITE}/a", "3"]),
        description=st.sampled_from(["", "một", "hai"]),
        published_at=st.sampled_from([None, at(19), at(20), at(20, 9), datetime(1970, 1, 1, tzinfo=UTC), NEVER]),
    ),
    max_size=8,
)


def find_new(entries: Sequence[Entry], known: Mapping[str, Known]) -> set[Entry]:
    return {new.entry for new in decide(entries, known).new}


@settings(deadline=None)
@given(st.lists(ENTRIES, max_size=3), ENTRIES)
def test_what_was_decided_stays_decided(history: list[list[Entry]], entries: list[Entry]) -> None:
    """N5 N6"""
    store = Store()
    for past in history:
        store.poll(*past)
    store.poll(*entries)
    assert store.poll(*entries) == []
    assert store.poll(*reversed(entries)) == []


@settings(deadline=None)
@given(ENTRIES, ENTRIES, st.randoms(use_true_random=False))
def test_order_never_decides_what_is_new(past: list[Entry], entries: list[Entry], random: Random) -> None:
    """N5"""
    store = Store()
    store.poll(*past)
    shuffled = random.sample(entries, len(entries))
    assert find_new(entries, store.known) == find_new(shuffled, store.known)


@settings(deadline=None)
@given(st.builds(Entry, title=st.text(), url=st.text(), guid=st.text(), description=st.text()))
def test_any_text_is_taken(entry: Entry) -> None:
    store = Store()
    store.poll(entry)
    assert store.poll(entry) == []


@settings(deadline=None)
@given(st.text(alphabet="htps:/[]@?#%&=;()S.0123456789a\ud800é", max_size=60))
def test_any_link_is_taken(link: str) -> None:
    keys_of(Entry("x", link, link))
