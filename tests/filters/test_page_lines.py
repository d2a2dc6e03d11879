"""PageLines: what stands around an article goes, what is short inside one stays."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill import PageLines
from textmill.filters.base.batch import make_batch

PROSE = {
    "en": "The mill on the river was built in 1746, and it ground the corn of three villages for two hundred years.",
    "de": "Die Mühle am Fluss wurde 1746 gebaut und mahlte zweihundert Jahre lang das Korn von drei Dörfern.",
    "ru": "Мельница на реке была построена в 1746 году и двести лет молола зерно трёх окрестных деревень.",
    "zh": "河边的磨坊建于一七四六年，两百年来一直为附近三个村子的农民磨粮食，如今已经改成了博物馆。",
    "ja": "川沿いの水車小屋は一七四六年に建てられ、二百年のあいだ三つの村の穀物をひいてきた。",
}


def clean(*texts: str) -> tuple[list[str], list[dict[str, int]]]:
    column, measured = PageLines().clean(make_batch(texts))
    assert column.type == pa.large_string()
    column.validate(full=True)
    assert {name: values.type for name, values in measured.items()} == PageLines.measurements
    rows = [
        {name.removeprefix("page."): values[row].as_py() for name, values in measured.items()}
        for row in range(len(texts))
    ]
    return column.to_pylist(), [{name: count for name, count in row.items() if count} for row in rows]


@pytest.mark.parametrize(
    ("before", "language", "after", "counts"),
    [
        (
            "Skip to content\nHome | News | Sport | Contact\n"
            "Log in\nThe old mill, and who kept it\n3 March 2021 | 1,204 views\n",
            "en",
            "\nShare on Facebook\nTweet\n12 comments\nRelated articles\nTen bridges that you should see\n"
            "Where the river ends and the sea begins\n"
            "This website uses cookies to improve your visit.\n© 2021 All rights reserved",
            {"navigation_lines": 5, "counter_lines": 2, "teaser_lines": 5},
        ),
        (
            "欧美性爱视频|国产精品无码|成人电影免费观看\n登录\n注册\n首页\n"
            "新闻\n老磨坊的故事和它的主人们\n2021-03-03 12:30 评论\n",
            "zh",
            "\n版权声明：未经授权禁止转载，如有侵权请联系我们。\n收藏\n"
            "分享到微信\n相关推荐\n城里最美的十座桥你去过几座\n"
            "小编 发表于 03-31 17:25 4159次阅读\n大河尽头的渔村里住着什么样的人\n小编 发表于 04-02 08:12 312次阅读",
            {"spam_lines": 1, "navigation_lines": 6, "counter_lines": 1, "notice_lines": 1, "teaser_lines": 5},
        ),
        (
            "人妻 熟女 無修正動画 素人\n本文へスキップ\nホーム\nニュース\nログイン\n水車小屋とその持ち主の長い物語\n",
            "ja",
            "\nこの記事をシェア\nツイート\nコメントを書く\n関連記事\n一度は見ておきたい橋ベスト十選\n"
            "川の終わりと海の始まりを訪ねて\n無断転載を禁じます",
            {"spam_lines": 1, "navigation_lines": 7, "teaser_lines": 4},
        ),
        (
            "Казино Вулкан | игровые автоматы | ставки на спорт\n"
            "Главная\nНовости\nКонтакты\nСтарая мельница и её последние хозяева\n",
            "ru",
            "\n1204 просмотра\nПоделиться\nПодробнее\n"
            "Читайте также\nДесять мостов которые стоит увидеть каждому\nТам где кончается река\nВсе права защищены",
            {"spam_lines": 1, "navigation_lines": 5, "counter_lines": 1, "teaser_lines": 4},
        ),
    ],
    ids=["en", "zh", "ja", "ru"],
)
def test_a_page_keeps_title_and_article(before: str, language: str, after: str, counts: dict[str, int]) -> None:
    article = "\n\n".join([PROSE[language]] * 3)
    title = {"en": "The old mill", "zh": "老磨坊的故事", "ja": "水車小屋と", "ru": "Старая мельница"}[language]
    (text,), (found,) = clean(before + article + after)
    first, rest = text.split("\n", 1)
    assert first.startswith(title)
    assert rest == article
    assert found == counts


@pytest.mark.parametrize(
    "lines",
    [
        ["News"],
        [
            "Related",
            "The two brothers were related to the miller by marriage, as the parish register of 1802 tells us.",
        ],
        ["“Come in,” she said.", "“No.”", "“Why not?”", "He shrugged."],
        [
            "So we'll go no more a roving",
            "So late into the night,",
            "Though the heart be still as loving,",
            "And the moon be still as bright.",
        ],
        ["| name | year | height |", "| mill | 1746 | 12 m |", "| barn | 1802 | 9 m |"],
        [
            "Name | Place | River | Owner | State",
            "Mill | Aldham | Stour | Carter | ruined",
            "Barn | Wormley | Lea | Webb | restored",
        ],
        ["def search(home, menu):", "    return home[menu] > 12", "<div>", "if views > comments:", "print(next)"],
        ["- flour", "- water", "- salt", "- a spoon of honey"],
        ["1", "2", "3", "4"],
        ["第一章", "风雨", "“来了？”", "“来了。”"],
        ["目录", "磨坊", "河流", "村庄"],
        ["古池や", "蛙飛びこむ", "水の音"],
        [
            "He scored 25 points",
            "Dr. Smith gave 12 comments on the plan",
            "There were 1,204 views of Mount Fuji in the show.",
        ],
        [
            "She bought cheap viagra online, and the casino made her husband poor.",
            "Sex and gender are not the same word.",
        ],
        ["logo.png", "index.html", "IMG.jpg"],
        ["* * *", "---", "§ 12"],
        ["You should read the privacy policy before you accept all cookies, say the lawyers of the ministry."],
    ],
)
@pytest.mark.parametrize("language", PROSE)
def test_short_lines_of_an_article_stay(lines: list[str], language: str) -> None:
    text = "\n".join([PROSE[language], *lines, PROSE[language], "", PROSE[language]])
    assert clean(text) == ([text], [{}])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Share on Facebook", "navigation"),
        ("  Read more...", "navigation"),
        ("• 聊天消息", "navigation"),
        ("評論與回復", "navigation"),
        ("続きを読む ＞", "navigation"),
        ("dc65a1cc-d2ab-11ed-bfe3-dac502259ad0.png", "navigation"),
        ("Главная / Новости · Контакты · Поиск", "navigation"),
        ("อ่านเพิ่มเติม", "navigation"),
        ("นโยบายความเป็นส่วนตัว", "navigation"),
        ("Bài viết liên quan", "navigation"),
        ("مقالات ذات صلة", "navigation"),
        ("गोपनीयता नीति", "navigation"),
        *[(word, "navigation") for word in ("Advertisement", "Weiterlesen", "ПОДРОБНЕЕ", "더보기", "Selengkapnya")],
        *[(word, "navigation") for word in ("อ่านต่อ", "อ่านทั้งหมด", "ดูทั้งหมด", "ดูเพิ่มเติม", "เข้าสู่ระบบ", "สมัครสมาชิก")],
        *[(word, "navigation") for word in ("ลืมรหัสผ่าน", "ข่าวที่เกี่ยวข้อง", "บทความที่เกี่ยวข้อง", "ข้อกำหนดการใช้งาน")],
        *[(word, "navigation") for word in ("เงื่อนไขการใช้งาน", "แสดงความคิดเห็น")],
        ("12 Comments", "counter"),
        ("Views: 1,204", "counter"),
        ("閲覧数 12345", "counter"),
        ("조회수 123", "counter"),
        ("John Webb, Jan 5, 2023 12:30 34 comments", "counter"),
        # What ends a line of a list of phrases, and what begins the next.
        ("12 Dec 2020 von Webb 34 comments", "counter"),
        ("3小时前 34 次阅读", "counter"),
        ("3天前 34 次阅读", "counter"),
        ("人关注 12", "counter"),
        ("We use cookies to give you the best experience.", "notice"),
        ("本サイトの記事・写真の無断転載を禁じます。", "notice"),
        ("京ICP备12345678号", "notice"),
        ("Buy viagra online cheap cialis kamagra levitra", "spam"),
        ("国产精品、亚洲无码、欧美性爱", "spam"),
        ("エロ動画 無修正 人妻", "spam"),
        ("порно видео секс знакомства", "spam"),
    ],
)
def test_lines_that_go_wherever_they_stand(line: str, reason: str) -> None:
    text, counts = clean(f"{PROSE['en']}\n\n{line}\n\n{PROSE['en']}")
    assert text == [f"{PROSE['en']}\n\n{PROSE['en']}"]
    assert counts == [{f"{reason}_lines": 1}]


def test_weak_lines_go_together_with_the_short_ones_between_them() -> None:
    text, counts = clean(f"0\nNews\nOther\nSearch\nMenu\n{PROSE['en']}\nComments\n12\nShares\n7\n")
    assert text == [PROSE["en"]]
    assert counts == [{"navigation_lines": 9}]


def test_an_article_behind_a_box_of_related_ones_stays() -> None:
    prose = [PROSE["en"]] * 5
    text = "\n".join([PROSE["en"], "Related articles", "Ten bridges you should see", "12 comments", *prose])
    assert clean(text)[0] == ["\n".join([PROSE["en"], *prose])]


def test_titles_with_counters_at_the_end_are_teasers() -> None:
    teasers = "".join(f"A story about number {number} of the bridges\n{number}4 views\n" for number in range(1, 5))
    assert clean(f"{PROSE['en']}\n{teasers}") == ([PROSE["en"]], [{"teaser_lines": 8}])
    replies = "".join(f"{PROSE['en']}\n{number} likes\n" for number in range(1, 5))
    assert clean(replies) == (["\n".join([PROSE["en"]] * 4)], [{"counter_lines": 4}])


def test_the_other_documents_of_a_batch_stay_as_they_are() -> None:
    texts, counts = clean("", "a\n\n", f"{PROSE['en']}\nShare on Facebook\n", "\n", "Share on Facebook")
    assert texts == ["", "a\n\n", PROSE["en"], "\n", ""]
    assert [bool(one) for one in counts] == [False, False, True, False, True]


PIECES = st.sampled_from(
    [
        "\n",
        "\n",
        "\n\n",
        " ",
        *PROSE.values(),
        "Home",
        "News",
        "|",
        "登录",
        "相关推荐",
        "12 views",
        "12",
        "a title without an end",
        "无码",
        "人妻",
        "►",
        "e\u0301",
        "\U0001f600",
        "Share on Facebook",
        "…",
        "»",
        "x" * 700,
        "。",
    ]
)


@given(st.lists(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=40).map("".join), max_size=4))
def test_only_whole_lines_go(texts: list[str]) -> None:
    cleaned, counts = clean(*texts)
    for before, after, count in zip(texts, cleaned, counts, strict=True):
        rest = iter(before.split("\n"))
        assert all(
            any(line.rstrip(" ") == one.rstrip(" ") for one in rest) for line in after.split("\n") if line.strip()
        )
        assert (before == after) or count
    assert clean(*texts[::-1])[0] == cleaned[::-1]
