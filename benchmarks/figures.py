"""Measures the checker of figures on summaries of real articles: some falsified, others rephrased in good faith.

Run: python -m benchmarks.figures
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

from benchmarks.summaries import DATA, Sample, read_samples
from feeds.figures import check_figures, find_figures
from feeds.summarisers.extractive import choose

_COUNT = 1_000
_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w.,/-]*\d)")
_SIGN = re.compile(r"(?<!giá trị gia )(?<!xe )\b(?:tăng|giảm)(?=(?: (?!năm|tháng|ngày|quý|kể|so)[^\W\d]+){0,3} \d)")
_YEAR = re.compile(r"(?<=\bnăm )(?:19|20)\d\d\b|(?<=/)(?:19|20)\d\d\b")
_SCALE = re.compile(r"(?<=\d )(nghìn tỷ|nghìn|ngàn|triệu|tỷ|tỉ)\b")
_UNIT = re.compile(
    r"(?<=\d)(?: ?%| phần trăm)"
    r"|(?<=\d )(?<!h\d\d )(?<!h\d )(?:người|ngày|tháng|tuổi|km|xe|đồng|USD|kg|giờ|hộ|trường hợp|m)\b"
)
_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_PERCENT = re.compile(r"(?<=\d) ?%")
_MONTHS = {"2": "hai", "3": "ba", "4": "bốn", "6": "sáu", "7": "bảy", "8": "tám", "9": "chín", "10": "mười"}
_COUNTED = re.compile(r"(?<!tháng )(?<![\w.,/-])(?:[2346789]|10)(?= (?:tháng|ngày|người|năm|tuần|lần) )")

Change = Callable[[str, str, Random], str | None]


def main() -> None:
    if not DATA.exists():
        print(f"{DATA.name} is not there: nothing to measure.")
        return
    samples = list(read_samples(DATA))
    for title, changes, wanted in (("falsified", FALSIFIED, "caught"), ("in good faith", FAITHFUL, "passed")):
        made = list(make_cases(samples, changes))
        verdicts = [(name, bool(check_figures(summary, article))) for name, summary, article in made]
        right = [name for name, caught in verdicts if caught == (wanted == "caught")]
        print(f"{len(made)} {title}, {len(right)} {wanted}")
        total, good = Counter(name for name, _ in verdicts), Counter(right)
        print("  " + ", ".join(f"{name} {good[name]}/{total[name]}" for name in total))


def make_cases(samples: list[Sample], changes: dict[str, Change]) -> Iterator[tuple[str, str, str]]:
    """`_COUNT` summaries with figures, each changed in one way, the ways in turn; the same ones in every run."""
    random = Random(20261121)
    names = list(changes)
    made = 0
    while made < _COUNT:
        sample = random.choice(samples)
        article = "\n".join((sample.title, *sample.sentences))
        summary = make_summary(sample, random)
        changed = changes[names[made % len(names)]](summary, article, random) if find_figures(summary) else None
        if changed and (changed != summary or names[made % len(names)] == "as it is"):
            yield names[made % len(names)], changed, article
            made += 1


def make_summary(sample: Sample, random: Random) -> str:
    """The sentences that loa would push, or two with figures from anywhere."""
    if random.random() < 0.5:
        return " ".join(sample.sentences[index] for index in choose(sample.sentences, sample.title, 2))
    told = [sentence for sentence in sample.sentences if any(char.isdigit() for char in sentence)]
    return " ".join(random.sample(told, min(2, len(told))))


def _replace(pattern: re.Pattern[str], make: Callable[[str, Random], str]) -> Change:
    """Change one match of the pattern, unless the outcome would be true of the article as well."""

    def change(summary: str, article: str, random: Random) -> str | None:
        matches = list(pattern.finditer(summary))
        if not matches:
            return None
        match = random.choice(matches)
        return summary[: match.start()] + make(match[0], random) + summary[match.end() :]

    return change


def _swap_digits(number: str, random: Random) -> str:
    digits = [char for char in number if char.isdigit()]
    first = random.randrange(len(digits))
    digits[first] = random.choice([char for char in "123456789" if char != digits[first]])
    rest = iter(digits)
    return "".join(next(rest) if char.isdigit() else char for char in number)


def _swap_places(summary: str, article: str, random: Random) -> str | None:
    """Exchange two numbers of the summary."""
    matches = list(_NUMBER.finditer(summary))
    pairs = [(one, two) for one in matches for two in matches if one.start() < two.start() and one[0] != two[0]]
    if not pairs:
        return None
    one, two = random.choice(pairs)
    middle = summary[one.end() : two.start()]
    return summary[: one.start()] + two[0] + middle + one[0] + summary[two.end() :]


def _move_year(summary: str, article: str, random: Random) -> str | None:
    """Replace a year, by another one of the article if there is one."""
    matches = list(_YEAR.finditer(summary))
    if not matches:
        return None
    match = random.choice(matches)
    others = sorted({year for year in _YEAR.findall(article) if year != match[0]}) or [str(int(match[0]) - 1)]
    return summary[: match.start()] + random.choice(others) + summary[match.end() :]


def _scale_by_ten(number: str, random: Random) -> str:
    """The comma moved, or a nought added where there is none."""
    whole, comma, decimals = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", number).groups("")  # type: ignore[union-attr]
    return f"{whole}{decimals[0]}{comma * bool(decimals[1:])}{decimals[1:]}" if comma else f"{number}0"


def _choose_other(*others: str) -> Callable[[str, Random], str]:
    return lambda found, random: random.choice([other for other in others if other.strip() != found.strip()])


def _choose_scale(found: str, random: Random) -> str:
    same = {"tỉ": "tỷ", "ngàn": "nghìn"}.get(found, found)
    return random.choice([other for other in ("nghìn", "triệu", "tỷ") if other != same])


def _drop_years(summary: str, article: str, random: Random) -> str | None:
    return _DATE.sub(r"\1/\2", summary)


def _drop_beginning(summary: str, article: str, random: Random) -> str | None:
    _, comma, rest = summary.partition(", ")
    return rest[:1].upper() + rest[1:] if comma and len(rest) > 60 and find_figures(rest) else None


def _drop_brackets(summary: str, article: str, random: Random) -> str | None:
    return re.sub(r" \([^()]*\)", "", summary)


def _say_differently(summary: str, article: str, random: Random) -> str | None:
    for old, new in (("cho biết", "cho hay"), ("khoảng", "chừng"), ("nghìn", "ngàn"), ("tỷ", "tỉ")):
        summary = re.sub(rf"\b{old}\b", new, summary)
    return summary


FALSIFIED: dict[str, Change] = {
    "a digit": _replace(_NUMBER, _swap_digits),
    "places swapped": _swap_places,
    "ten times": _replace(_NUMBER, _scale_by_ten),
    "scale": _replace(_SCALE, _choose_scale),
    "sign": _replace(_SIGN, _choose_other("tăng", "giảm")),
    "unit": _replace(_UNIT, _choose_other("%", " điểm phần trăm", " tỷ đồng", " hộ", " USD")),
    "year": _move_year,
}
FAITHFUL: dict[str, Change] = {
    "as it is": lambda summary, article, random: summary,
    "number in words": _replace(_COUNTED, lambda found, random: _MONTHS[found]),
    "with a nought": _replace(_COUNTED, lambda found, random: found.zfill(2)),
    "percent in words": _replace(_PERCENT, _choose_other(" phần trăm")),
    "without years": _drop_years,
    "without its beginning": _drop_beginning,
    "without brackets": _drop_brackets,
    "in other words": _say_differently,
}

if __name__ == "__main__":
    main()
