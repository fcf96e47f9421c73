"""Prints what the scrubber finds and loses in its labelled texts: `python tests/ingest/scrub_figures.py`."""

import timeit

from scrub_measures import CODES, FOLDER, labelled_texts, measure, without_listed_names

from ingest.scrub.scrub import KINDS, scrub

SPLITS = {"tuning": False, "held out": True}


def main():
    texts = list(labelled_texts())
    for split, is_held_out in SPLITS.items():
        print_figures(split, [text for text in texts if text.is_held_out == is_held_out])
    print_figures("written after the rules", list(labelled_texts(FOLDER / "later")))
    held_out = [text for text in texts if text.is_held_out]
    with without_listed_names(texts):
        measured = measure(scrub, held_out)
    print(f"\nheld out, every name of the texts taken off the lists: name recall {measured.recall('name'):.1%}")
    print_speed([text.text for text in texts])


def print_figures(split, texts):
    print(f"\n{split}: {len(texts)} texts")
    print("language  codes and numbers     names                 harmless words lost   look-alikes lost")
    for language in ("fi", "sv", "en", "all"):
        m = measure(scrub, [text for text in texts if language in ("all", text.language)])
        codes = share(sum(m.found[kind] for kind in CODES), sum(m.planted[kind] for kind in CODES))
        names = share(m.found["name"], m.planted["name"])
        print(f"{language:<10}{codes:<22}{names:<22}{share(m.lost, m.harmless):<22}"
              f"{share(m.lookalikes_lost, m.lookalikes)}")  # fmt: skip
    print("\nkind            recall                precision")
    for kind in KINDS:
        print(f"{kind:<16}{share(m.found[kind], m.planted[kind]):<22}{share(m.right[kind], m.removed[kind])}")
    print("\nlabelled as, by row; replaced as, by column")
    columns = [*KINDS, "kept"]
    print(" " * 16 + "".join(f"{kind[:9]:>10}" for kind in columns))
    for kind in [*KINDS, "keep"]:
        print(f"{kind:<16}" + "".join(f"{m.confusion[kind, column] or '.':>10}" for column in columns))


def print_speed(texts):
    for text in texts:
        scrub(text)
    seconds = min(timeit.repeat(lambda: [scrub(text) for text in texts], number=1, repeat=5))
    print(f"\n{len(texts) / seconds:,.0f} texts a second, {seconds / len(texts) * 1e6:.0f} microseconds each")


def share(count, of):
    return f"{count}/{of} = {count / of:.1%}" if of else "-"


if __name__ == "__main__":
    main()
