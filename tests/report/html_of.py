"""What a page holds, read by the standard library's parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "hr", "link", "input"}


@dataclass
class Page(HTMLParser):
    """Elements with their attributes and words; it raises where tags do not match."""

    tags: list = field(default_factory=list)
    words: list = field(default_factory=list)
    open_tags: list = field(default_factory=list)

    def __post_init__(self):
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open_tags.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        if data.strip() and "style" not in self.open_tags:
            self.words.append(data.strip())

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(self.words)


def read(html):
    page = Page()
    page.feed(html)
    page.close()
    assert not page.open_tags
    return page
