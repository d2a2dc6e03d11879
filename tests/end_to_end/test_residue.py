"""Pages as a crawl has them, in four languages: default keeps title and article, and cuts what stands around."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

ARTICLES = {
    "en": [
        "How the old mill came back to life",
        "The mill on the river was built in 1746, and it ground the "
        "corn of three villages for almost two hundred years.",
        "When the last miller died, nobody wanted to take over the work, and the wheel stood still for half a century.",
        "Three years ago a group of neighbours began to repair the roof, and they found that the stones were sound.",
        "“It was a matter of patience,” says the carpenter who made the new wheel out of the oak of the valley.",
        "Since last spring the stones have been turning again every Sunday, and the flour is sold at the door.",
        "The school has planned a week at the mill, so that the children will see where their bread comes from.",
    ],
    "zh": [
        "老磨坊是怎样重新转动起来的",
        "河边的磨坊建于一七四六年，在将近两百年的时间里，它一直为附近三个村子的农民磨粮食，是大家见面谈天的地方。",
        "最后一位磨坊主去世以后，没有人愿意接手这份工作，水车就这样停了半个世纪，屋顶也慢慢塌了下来。",
        "三年前，几位邻居开始修理屋顶，他们发现里面的石磨保存得很好，只要换上新的木轴就可以继续使用。",
        "做新水车的木匠说：“这件事情最需要的是耐心，我们用的都是山谷里的橡木，每一块都要等它干透才行。”",
        "从去年春天开始，石磨每个星期天又转了起来，磨出来的面粉就在门口出售，常常不到中午就卖完了。",
        "学校也打算让孩子们在磨坊里住上一个星期，看看他们每天吃的面包到底是从哪里来的，又要经过多少人的手。",
    ],
    "ja": [
        "古い水車小屋がふたたび動き出すまで",
        "川沿いの水車小屋は一七四六年に建てられ、二百年近くのあいだ、近くの三つの村の人々のために穀物をひいてきた。",
        "最後の主人が亡くなったあと、仕事を引き継ごうとする人はおらず、水車は半世紀のあいだ止まったままだった。",
        "三年前に近所の人たちが屋根を直し始めたところ、石うすはまだしっかりしていて、使えることがわかった。",
        "新しい水車を作った大工は「大切なのは待つことでした。谷のかしの木だけを使っています」と話している。",
        "去年の春からは毎週日曜日に石うすが回るようになり、ひいた粉は入り口で売られ、昼前にはなくなってしまう。",
        "学校では、子どもたちが自分の食べるパンがどこから来るの"
        "かを見られるように、水車小屋で一週間を過ごす計画がある。",
    ],
    "ru": [
        "Как старая мельница снова ожила",
        "Мельница на реке была построена в 1746 году и почти двести лет молола зерно для трёх окрестных деревень.",
        "Когда умер последний мельник, никто не захотел продолжать его дело, и колесо простояло без движения полвека.",
        "Три года назад соседи начали чинить крышу и увидели, что жернова целы и что на них ещё можно работать.",
        "«Главное было не торопиться», — говорит плотник, который сделал новое колесо из дуба, росшего в этой долине.",
        "С прошлой весны жернова крутятся каждое воскресенье, и муку продают прямо у дверей, пока она не кончится.",
        "Школа хочет провести на мельнице целую неделю, чтобы дети увидели, откуда берётся их хлеб и кто его делает.",
    ],
}
AROUND = {
    "en": (
        "cheap viagra | cialis online | casino | escorts\n"
        "Skip to content\nHome | News | Sport | Contact\nSign in\nSearch\n0",
        "Share on Facebook\nTweet\n12 comments\nRelated articles\n"
        "Ten bridges that you should see\n3 May 2021 | 1,204 views\n"
        "Where the river ends and the sea begins\n4 May 2021 | 312 views\nThis website uses cookies to work.\n"
        "© 2021 Mill Times. All rights reserved.",
    ),
    "zh": (
        "国产精品无码|欧美性爱视频|成人电影免费观看|亚洲av\n0\n"
        "  • 系统消息\n  • 评论与回复\n登录后你可以\n会员中心\n立即注册>",
        "声明：文章仅代表作者本人，不代表本站立场，如有侵权请联系本站处理。\n"
        "收藏\n分享到微信\n相关推荐\n城里最美的十座桥你去过几座\n"
        "小编 发表于 03-31 17:25 4159次阅读\n大河尽头的渔村里住着什么样的人\n小编 发表于 04-02 08:12 312次阅读",
    ),
    "ja": (
        "人妻 熟女 無修正動画 素人\n本文へスキップ\nホーム\nニュース\nログイン\n新規登録",
        "この記事をシェア\nツイート\nコメントを書く\n関連記事\n一度は見ておきたい橋ベスト十選\n"
        "閲覧数 1204\n川の終わりと海の始まりを訪ねて\n無断転載を禁じます",
    ),
    "ru": (
        "Казино Вулкан | игровые автоматы | ставки на спорт\nПерейти к содержимому\nГлавная\nНовости\nКонтакты\nВойти",
        "Поделиться в соцсетях\n1204 просмотра\nЧитайте также\nДесять мостов, которые стоит увидеть\n312 просмотров\n"
        "Там, где кончается река\nСайт использует файлы cookie.\nВсе права защищены",
    ),
}


def page(language: str) -> str:
    before, after = AROUND[language]
    return "\n\n".join([before, *damaged(language), after]) + "\n"


def damaged(language: str) -> list[str]:
    """The article with readings, wrongly decoded lines and remains of tags."""
    title, *text = ARTICLES[language]
    if language == "zh":
        for word, reading in {"磨": "mó", "水": "shuǐ", "石": "shí", "星": "xīng", "用": "yòng"}.items():
            text = [paragraph.replace(word, f"{word}({reading})") for paragraph in text]
        return [title, *text]
    if language == "en":
        return [title, text[0].replace("mill", "<b class='flag-5'>mill</b>"), *text[1:3]] + [
            paragraph.encode().decode("windows-1252", "replace").replace("\ufffd", "\x9d") for paragraph in text[3:]
        ]
    return [title, *text]


@pytest.mark.parametrize("language", ARTICLES)
def test_default_keeps_the_article_and_cuts_the_rest(textmill: Run, tmp_path: Path, language: str) -> None:
    (tmp_path / f"page.{language}.txt").write_text(page(language), encoding="utf-8")
    kept = textmill("clean", tmp_path / f"page.{language}.txt")
    assert kept.returncode == 0, kept.stderr
    assert [line for line in kept.stdout.split("\n") if line] == ARTICLES[language]


def test_ledger_and_explain_say_what_was_cut(textmill: Run, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for language in ARTICLES:
        (pages / f"page.{language}.txt").write_text(page(language), encoding="utf-8")
    command = ("run", "default", pages, "--output", tmp_path / "out", "--workers", 1)
    done = textmill(*command, "--set", "tokenize.tokenizer=cl100k")
    assert done.returncode == 0, done.stderr
    ledger = pq.read_table(tmp_path / "out" / "ledger").to_pylist()
    rows = {row["source"].split("page.")[1][:2]: row for row in ledger}
    assert {row["verdict"] for row in ledger} == {"kept"}
    assert [rows[language]["page.spam_lines"] for language in ("en", "zh", "ja", "ru")] == [1, 1, 1, 1]
    assert all(rows[language]["page.navigation_lines"] >= 4 for language in rows)
    assert all(rows[language]["page.teaser_lines"] >= 3 for language in rows)
    assert rows["zh"]["readings.removed"] > 8
    assert rows["en"]["repair.tags_removed"] == 1
    told = json.loads(textmill("explain", pages / "page.zh.txt", "--json").stdout)
    edited = {edit["step"]: edit["lines"] for edit in told["edits"]}
    assert {"remove_readings", "page_lines"} <= set(edited)
    assert "会员中心" in [line["text"] for line in edited["page_lines"]]
