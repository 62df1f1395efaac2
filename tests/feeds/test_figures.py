"""The figures of a text, and whether those of a summary stand in its article."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.figures import Fault, Figure, Kind, Problem, check_figures, find_figures
from feeds.numerals import read_number, read_roman, read_words

ARTICLE = (
    "GRDP quý II/2026 tăng 8,2% so với năm 2025, thu ngân sách đạt 1.234,5 tỷ đồng. Chi thường xuyên giảm 3,1%. "
    "Sáng 14/7/2026, 06 cơ quan và 124 xã dự họp về Chỉ thị số 01/CT-UBND. "
    "Trong sáu tháng, 350 đại biểu của 12 huyện dự."
)


def only(text: str) -> Figure:
    (figure,) = find_figures(text)
    return figure


class TestNumerals:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            *(("8,2", "8.2"), ("8.2", "8.2"), ("1.234.567", "1234567"), ("1.234,5", "1234.5"), ("06", "6")),
            *(("1 234 567", "1234567"), ("1,234,567", "1234567"), ("2026", "2026")),
        ],
    )
    def test_numbers_are_read_as_they_are_written_here(self, text: str, value: str) -> None:
        """C3"""
        assert read_number(text) == Decimal(value)

    @settings(deadline=None)
    @given(st.integers(min_value=0, max_value=10**12))
    def test_grouping_changes_no_number(self, number: int) -> None:
        """C3"""
        assert read_number(f"{number:,}".replace(",", ".")) == read_number(f"{number:,}".replace(",", " ")) == number

    @pytest.mark.parametrize(("text", "value"), [("II", 2), ("IV", 4), ("XIV", 14), ("XXI", 21)])
    def test_roman_numbers_are_read(self, text: str, value: int) -> None:
        assert read_roman(text) == value

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            *(("sáu", 6), ("mười", 10), ("mười hai", 12), ("hai mươi lăm", 25), ("ba trăm linh năm", 305)),
            *(("hai trăm bốn mươi mốt", 241), ("trăm", 100)),
        ],
    )
    def test_numbers_in_words_are_read(self, text: str, value: int) -> None:
        assert read_words(text.split()) == value


class TestFinding:
    @pytest.mark.parametrize(
        ("text", "value", "unit", "sign"),
        [
            ("tăng 8,2% so với", "8.2", ("%",), "+"),
            ("tăng 8,2 phần trăm", "8.2", ("%",), "+"),
            ("giảm gần 3,1 điểm phần trăm", "3.1", ("điểm", "%"), "-"),
            ("thu 1.234,5 tỷ đồng", "1234500000000", ("đồng",), ""),
            ("cộng 2 nghìn tỉ đồng", "2000000000000", ("đồng",), ""),
            ("hơn 3 ngàn VNĐ", "3000", ("đồng",), ""),
            ("có 06 cơ quan", "6", ("cơ", "quan"), ""),
            ("trong sáu tháng", "6", ("tháng",), ""),
            ("trong năm tháng", None, (), ""),
            ("thêm năm người", "5", ("người",), ""),
            ("nhiệt độ -3 độ", "3", ("độ",), "-"),
            ("lãi âm 3 tỷ", "3000000000", (), "-"),
            ("tăng trưởng, đạt 5%", "5", ("%",), ""),
            ("tổng 1 234 567 hộ", "1234567", ("hộ",), ""),
            ("có 12", "12", (), ""),
            ("chỉ 12 và", "12", (), ""),
        ],
    )
    def test_counts_have_a_unit_and_a_sign(
        self, text: str, value: str | None, unit: tuple[str, ...], sign: str
    ) -> None:
        """C3"""
        found = [(figure.kind, figure.value, figure.unit, figure.sign) for figure in find_figures(text)]
        assert found == ([] if value is None else [(Kind.NUMBER, (Decimal(value),), unit, sign)])

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("Sáng 14/7/2026", (14, 7, 2026)),
            ("ngày 5 tháng 7 năm 2026", (5, 7, 2026)),
            ("ngày 5 tháng 7", (5, 7, None)),
            ("ngày 7-3", (7, 3, None)),
            ("hôm 16/10", (16, 10, None)),
            ("tháng 7 năm 2026", (None, 7, 2026)),
            ("tháng 7/2026", (None, 7, 2026)),
            ("quý II/2026", (-1, 2, 2026)),
            ("quý 2/2026", (-1, 2, 2026)),
        ],
    )
    def test_dates_are_day_first_as_far_as_they_are_written(self, text: str, value: tuple[int | None, ...]) -> None:
        """C3"""
        assert (only(text).kind, only(text).value) == (Kind.DATE, value)

    @pytest.mark.parametrize(
        ("text", "kind", "value"),
        [
            ("số 30/2020/NĐ-CP", Kind.DOCUMENT, ("30/2020/nđ-cp",)),
            ("số 15/2020/QH14", Kind.DOCUMENT, ("15/2020/qh14",)),
            ("số 179/KH-UBND", Kind.DOCUMENT, ("179/kh-ubnd",)),
            ("số 01-KL/TW", Kind.DOCUMENT, ("01-kl/tw",)),
            ("dịch COVID-19", Kind.CODE, ("covid-19",)),
            ("lúc 8h30", Kind.TIME, (8, 30)),
            ("lúc 14 giờ 30 phút", Kind.TIME, (14, 30)),
            ("lúc 14 giờ", Kind.TIME, (14, None)),
        ],
    )
    def test_papers_codes_and_times_are_told_apart(self, text: str, kind: Kind, value: tuple[object, ...]) -> None:
        assert (only(text).kind, only(text).value) == (kind, value)

    @pytest.mark.parametrize(
        ("text", "labels"),
        [
            ("năm 2026 tăng", ["năm"]),
            ("năm 15 dự án", [""]),
            ("tháng 4 USD giảm giá", ["tháng"]),
            ("quý II", ["quý"]),
            ("khóa XIV", ["khóa"]),
            ("giai đoạn 2026 – 2030", ["đoạn", "đoạn"]),
            ("ông V và quý vị", []),
        ],
    )
    def test_what_numbers_a_thing_is_no_count(self, text: str, labels: list[str]) -> None:
        assert [figure.label for figure in find_figures(text)] == labels

    @pytest.mark.parametrize(
        ("text", "units"),
        [
            ("15-20 km", [("km",), ("km",)]),
            ("1,5-2,5 triệu đồng", [("đồng",), ("đồng",)]),
            ("3 đến 5%", [("%",), ("%",)]),
        ],
    )
    def test_both_ends_of_a_range_have_its_unit(self, text: str, units: list[tuple[str, ...]]) -> None:
        assert [figure.unit for figure in find_figures(text)] == units

    @settings(deadline=None)
    @given(st.text())
    def test_any_text_can_be_read(self, text: str) -> None:
        assert all(figure.text in text for figure in find_figures(text))


class TestChecking:
    @pytest.mark.parametrize(
        "summary",
        [
            ARTICLE,
            "Thu ngân sách đạt 1.234,5 tỉ đồng; GRDP tăng 8,2 phần trăm.",
            "Sáu cơ quan và 124 xã dự họp sáng 14/7.",
            "Trong 6 tháng, 350 đại biểu dự.",
            "Quý 2/2026, GRDP tăng 8,20%.",
            "Thu ngân sách đạt 1.234.500 triệu đồng.",
            "Hội nghị đã họp.",
        ],
    )
    def test_what_the_article_says_passes_in_other_forms_too(self, summary: str) -> None:
        """C3"""
        assert check_figures(summary, ARTICLE) == ()

    @pytest.mark.parametrize(
        ("summary", "figure", "fault"),
        [
            ("GRDP tăng 2,8%.", "2,8", Fault.ABSENT),
            ("GRDP tăng 82%.", "82", Fault.ABSENT),
            ("Thu ngân sách đạt 1.234,5 triệu đồng.", "1.234,5", Fault.ABSENT),
            ("Thu ngân sách đạt 1.234,5 tỷ USD.", "1.234,5", Fault.UNIT),
            ("GRDP tăng 8,2 điểm phần trăm.", "8,2", Fault.UNIT),
            ("124 huyện dự họp.", "124", Fault.UNIT),
            ("GRDP giảm 8,2%.", "8,2", Fault.SIGN),
            ("Chi thường xuyên tăng 3,1%.", "3,1", Fault.SIGN),
            ("Quý II/2025, GRDP tăng.", "II/2025", Fault.ABSENT),
            ("GRDP tăng 8,2% so với năm 2026.", "2026", Fault.ABSENT),
            ("Sáng 14/7/2025 họp.", "14/7/2025", Fault.ABSENT),
            ("Chỉ thị số 02/CT-UBND.", "02/CT-UBND", Fault.ABSENT),
        ],
    )
    def test_what_it_does_not_say_is_named(self, summary: str, figure: str, fault: Fault) -> None:
        """C2"""
        assert check_figures(summary, ARTICLE) == (Problem(figure, fault),)

    def test_two_figures_of_one_kind_cannot_change_places(self) -> None:
        """C2"""
        article = "Công nghiệp tăng 9,1%, nông nghiệp tăng 3,2%. Năm 2025 vốn giảm; năm 2026 xuất khẩu lại tăng mạnh."
        assert check_figures("Công nghiệp tăng 3,2%, nông nghiệp tăng 9,1%.", article) == (
            Problem("3,2", Fault.PLACE),
            Problem("9,1", Fault.PLACE),
        )
        assert check_figures("Năm 2025 xuất khẩu lại tăng mạnh.", article) == (Problem("2025", Fault.PLACE),)
        assert Problem("124", Fault.PLACE) in check_figures("350 đại biểu của 124 xã dự họp.", ARTICLE)

    def test_an_endless_table_is_compared_as_far_as_is_done_in_bounded_time(self) -> None:
        """F1"""
        table = ARTICLE + " ".join(f"Xã {number} có {number} hộ." for number in range(20_000))
        assert check_figures("GRDP quý II/2026 tăng 8,2%; 99.999 hộ.", table) == (Problem("99.999", Fault.ABSENT),)

    @settings(deadline=None)
    @given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=0, max_value=10**9))
    def test_no_other_number_passes(self, said: int, true: int) -> None:
        """C2"""
        problems = check_figures(f"Có {said} hộ nghèo.", f"Cả tỉnh có {true} hộ nghèo.")
        assert (problems == ()) == (said == true)

    @settings(deadline=None)
    @given(st.lists(st.sampled_from(ARTICLE.split()), min_size=1).map(" ".join))
    def test_an_article_bears_out_itself(self, article: str) -> None:
        assert check_figures(article, article) == ()
