"""Measures the reading of articles in the layouts of Vietnamese portals, field by field, beside two peers."""

import time
from statistics import fmean

from benchmarks.pages import make_readers, score
from feeds.article import read_story
from tests.portals import FIELDS, LAYOUTS, SEEDS, URL, Copy, Poured, load_copies, pour, read_seed


def main() -> None:
    copies = load_copies()
    show_fields("the newsroom's articles", copies)
    if SEEDS:
        show_fields("the two real articles", [read_seed(path) for path in SEEDS])
    show_texts(copies)


def show_fields(name: str, copies: list[Copy]) -> None:
    """Of each field in each layout, how many are exact."""
    print(f"{name}: {len(copies)} in each of {len(LAYOUTS)} layouts; exact")
    print(" " * 14 + " ".join(f"{field[:10]:>10}" for field in FIELDS))
    total = 0
    for layout in LAYOUTS:
        poured = [pour(copy, layout) for copy in copies]
        counts = [sum(is_exact(one, field) for one in poured) for field in FIELDS]
        total += sum(counts)
        print(f"{layout:14}" + " ".join(f"{count:10}" for count in counts))
    whole = len(copies) * len(LAYOUTS) * len(FIELDS)
    print(f"{total} of {whole}: {100 * total / whole:.2f} %\n")


def is_exact(poured: Poured, field: str) -> bool:
    story = read_story(poured.page.encode(), URL, "text/html")
    return bool(getattr(story, field) == getattr(poured.story, field))


def show_texts(copies: list[Copy]) -> None:
    """F1 of the text, over the layouts that hold one."""
    pages = [one for copy in copies for layout in LAYOUTS if (one := pour(copy, layout)).story.text]
    print(f"text of {len(pages)} pages, F1 and pages a second")
    for name, reader in make_readers().items():
        start = time.process_time()
        texts = [reader(one.page.encode(), URL) for one in pages]
        speed = len(pages) / (time.process_time() - start)
        f1 = fmean(score(text, one.story.text).f1 for text, one in zip(texts, pages, strict=True))
        print(f"{name:16} {f1:.4f} {speed:6.1f}/s")


if __name__ == "__main__":
    main()
