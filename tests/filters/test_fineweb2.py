"""FineWeb2's rules: thresholds of each language, what is without a row, and good and bad texts in many languages."""

import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from textmill import FineWeb2Language, FineWeb2Quality, Language, Recipe, any_of
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.words.boundaries import UAX29
from textmill.filters.lists import fineweb2
from textmill.filters.models.languages import split_label

GOOD = {
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ "
    "ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ "
    "ทุกคนย่อมมีสิทธิในการดำรงชีวิต เสรีภาพ และความมั่นคงแห่งตัวตน "
    "เมื่อวานนี้นักเรียนจากโรงเรียนในเชียงใหม"
    "่ได้เดินทางไปชมพิพิธภัณฑ์ที่เปิดใหม่ริมแม่น้ำ ครูเล่าว่าเด็กๆ "
    "สนใจเรื่องเรือโบราณเป็นพิเศษ "
    "เพราะหลายคนมีปู่ย่าเป็นชาวประมง "
    "หลังอาหารกลางวันพวกเขาช่วยกันวาดภาพและเขียนบันทึกสั้นๆ ก่อนกลับบ้านในตอนเย็น",
    "lo": "ມະນຸດເກີດມາມີສິດເສລີພາບ ແລະ ສະເໝີໜ້າກັນໃນທາງກຽດຕິສັກ ແລະ "
    "ທາງສິດດ້ວຍມະນຸດມີສະຕິສຳປັດຊັນຍະຮູ້ດີຮູ້ຊົ່ວ "
    "ແລະ ມີມະໂນທຳຈຶ່ງຕ້ອງປະພຶດຕົນຕໍ່ກັນໃນທາງພີ່ນ້ອງ. "
    "ມື້ວານນີ້ນັກຮຽນຈາກໂຮງຮຽນໃນນະຄອນຫຼວງວຽງຈັ"
    "ນໄດ້ໄປຢ້ຽມຢາມຫໍພິພິດທະພັນແຫ່ງໃໝ່ທີ່ຕັ້ງຢູ່ແຄມແມ່ນ້ຳຂອງ. "
    "ຄູສອນເລົ່າວ່າເດັກນ້ອຍສົນໃຈເລື່ອງເຮືອບູຮານຫຼາຍ ເພາະຫຼາຍຄົນມີພໍ່ເຖົ້າເປັນຊາວປະມົງ. "
    "ຫຼັງຈາກກິນເຂົ້າທ່ຽງ ພວກເຂົາໄດ້ຊ່ວຍກັນແຕ້ມຮູບ ກ່ອນກັບບ້ານໃນຕອນແລງ.",
    "km": "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។ មនុស្ស "
    "មានវិចារណញ្ញាណនិងសតិសម្បជញ្ញៈជាប់ពីកំណើត "
    "ហើយគប្បីប្រព្រឹត្តចំពោះគ្នាទៅវិញទៅមក ក្នុងស្មារតីភាតរភាពជាបងប្អូន។ "
    "ម្សិលមិញសិស្សមកពីសាលារៀនក្នុងទីក្រុងភ្នំពេញ "
    "បានទៅទស្សនាសារមន្ទីរថ្មីដែលស្ថិតនៅមាត់ទន្លេ។ "
    "គ្រូបានប្រាប់ថាក្មេងៗចាប់អារម្មណ៍លើរឿងទូកបុរាណ ព្រោះជីតារបស់ពួកគេជាអ្នកនេសាទ។ "
    "ក្រោយអាហារថ្ងៃត្រង់ ពួកគេបានគូររូបជាមួយគ្នា មុនពេលត្រឡប់ទៅផ្ទះនៅពេលល្ងាច។",
    "my": "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း၊ တူညီလွတ်လပ်သော "
    "အခွင့်အရေးများဖြင့် လည်းကောင်း၊ မွေးဖွားလာသူများ ဖြစ်သည်။ "
    "ထိုသူတို့၌ ပိုင်းခြား ဝေဖန်တတ်သော ဉာဏ်နှင့် ကျင့်ဝတ် သိတတ်သော စိတ်တို့ရှိကြ၍ "
    "ထိုသူတို့သည် အချင်းချင်း မေတ္တာထား၍ ဆက်ဆံကျင့်သုံးသင့်၏။ "
    "မနေ့က ရန်ကုန်မြို့ရှိ ကျောင်းမှ ကျောင်းသားများသည် မြစ်ကမ်းပေါ်တွင် "
    "အသစ်ဖွင့်လှစ်ခဲ့သော ပြတိုက်သို့ သွားရောက်လေ့လာခဲ့ကြသည်။ ဆရာမက ကလေးများသည် "
    "ရှေးဟောင်းလှေများကို စိတ်ဝင်စားကြသည်ဟု ပြောသည်။",
    "zh": "昨天下午，来自成都几所小学的学生参观了河边新开放的博物馆。老师说，孩子们对古代的"
    "木船特别感兴趣，因为他们当中不少人的爷爷曾经是渔民。"
    "馆里的讲解员介绍了当年如何造船、怎样在夜里看星星辨别方向。午饭以后，大家一起画画"
    "，还写下了自己的感想。傍晚时分，学生们带着作品坐车回家，约好明年春天再来。",
    "ja": "昨日の午後、市内の小学生たちが川沿いに新しく開館した博物館を見学した。先生による"
    "と、子どもたちは昔の木の船にとくに興味を持ったという。祖父が漁師だった子が多いか"
    "らだ。"
    "案内の人は、船の作り方や、夜に星を見て方角を知る方法を説明してくれた。昼食のあと"
    "、みんなで絵をかき、短い感想文も書いた。夕方、子どもたちは作品を持ってバスで家に"
    "帰った。",
    "vi": "Chiều hôm qua, học sinh của mấy trường tiểu học trong thành phố đã đến thăm bảo tàng "
    "mới mở bên bờ sông. Cô giáo kể rằng các em "
    "rất thích những chiếc thuyền gỗ cổ, vì ông của nhiều em từng làm nghề đánh cá. Người "
    "hướng dẫn giải thích cách đóng thuyền và cách "
    "nhìn sao để tìm đường trong đêm. Sau bữa trưa, các em cùng nhau vẽ tranh và viết vài "
    "dòng cảm nghĩ trước khi lên xe về nhà.",
    "de": "Gestern Nachmittag haben Schülerinnen und Schüler aus mehreren Grundschulen das neue "
    "Museum am Fluss besucht. Die Lehrerin erzählte, "
    "dass sich die Kinder vor allem für die alten Holzboote interessierten, weil viele "
    "Großväter früher Fischer waren. Nach dem Mittagessen "
    "malten alle zusammen Bilder und schrieben auf, was ihnen gefallen hatte. Am Abend "
    "fuhren sie mit dem Bus nach Hause und freuten sich auf das Frühjahr.",
    "ru": "Вчера днём ученики нескольких школ города побывали в новом музее, который недавно "
    "открылся на берегу реки. Учительница рассказала, что "
    "детей больше всего заинтересовали старые деревянные лодки, ведь у многих дедушки "
    "были рыбаками. После обеда ребята вместе рисовали и "
    "записывали свои впечатления. Вечером они поехали домой на автобусе и договорились, "
    "что весной обязательно приедут сюда ещё раз, чтобы "
    "увидеть новую выставку о том, как люди жили здесь сто лет назад.",
    "sw": "Jana mchana wanafunzi wa shule za msingi za mji walitembelea makumbusho mapya "
    "yaliyofunguliwa karibu na mto. Mwalimu alisema kwamba "
    "watoto walipenda sana mashua za zamani za mbao, kwa sababu babu za wengi wao "
    "walikuwa wavuvi. Baada ya chakula cha mchana walichora "
    "picha pamoja na kuandika mambo waliyojifunza katika safari hiyo. Jioni walirudi "
    "nyumbani kwa basi, na wote walikubaliana kwamba "
    "watarudi tena mwaka ujao wakati wa masika.",
    "hi": "कल दोपहर शहर के कई स्कूलों के बच्चों ने नदी के किनारे खुले नए संग्रहालय को देखा। "
    "अध्यापिका ने बताया कि बच्चों को लकड़ी की पुरानी नावें बहुत पसंद आईं, "
    "क्योंकि उनमें से कई के दादा मछुआरे थे। दोपहर के खाने के बाद सबने मिलकर चित्र बनाए और "
    "अपने अनुभव लिखे। शाम को वे बस से घर लौट गए और तय किया कि "
    "अगले साल वसंत में फिर यहाँ आएँगे, ताकि वे नई प्रदर्शनी भी देख सकें।",
}
"""Articles of the declaration of human rights, and a school's visit to a museum."""
JUNK = {
    "th": "ซื้อเลยวันนี้ราคาพิเศษ " * 60,
    "lo": "ຊື້ດຽວນີ້ລາຄາພິເສດ " * 60,
    "km": "ទិញឥឡូវនេះតម្លៃពិសេស " * 60,
    "my": "ယခုဝယ်ပါ အထူးစျေးနှုန်း " * 60,
    "zh": "现在购买特价优惠，" * 60,
    "ja": "今すぐ購入特別価格、" * 60,
    "de": "Jetzt kaufen zum besten Preis! " * 60,
    "sw": "Nunua sasa kwa bei nzuri sana! " * 60,
}
RECIPE = Recipe("r", [Language(min_score=None), FineWeb2Language(), FineWeb2Quality()])


@pytest.mark.parametrize("language", GOOD)
def test_good_text_is_kept(language: str) -> None:
    found = RECIPE.clean(GOOD[language])
    assert found.measurements["language.label"] == language
    assert found.removed_by is None, found.verdict


@pytest.mark.parametrize("language", JUNK)
def test_repetitive_text_is_removed(language: str) -> None:
    assert str(RECIPE.clean(JUNK[language]).removed_by).startswith("fineweb2_quality.max_")


def labelled(*documents: tuple[str, str | None]) -> pa.RecordBatch:
    batch = make_batch([text for text, _ in documents])
    return batch.append_column("language.label", pa.array([label for _, label in documents], pa.string()))


def test_each_language_has_its_own_thresholds() -> None:
    taken = FineWeb2Quality().measure(labelled((GOOD["de"], "de"), (GOOD["th"], "th"), ("text", "en"), ("text", None)))
    assert taken["fineweb2.row"].to_pylist() == ["deu_Latn", "tha_Thai", None, None]
    assert taken["fineweb2.max_newline_ratio"].to_pylist() == [0.152, 0.153, None, None]
    assert taken["fineweb2.min_line_punctuation_ratio"].to_pylist()[:2] == [0.0, 0.0]
    assert taken["fineweb2.stop_words"].to_pylist()[2:] == [None, None]
    assert taken["fineweb2.stop_words"].to_pylist()[0] >= 5


def test_stop_words_do_not_depend_on_what_was_met_before() -> None:
    first = FineWeb2Quality().measure(labelled((GOOD["ru"], "ru")))
    FineWeb2Quality().measure(labelled(*((text, label) for label, text in GOOD.items())))
    assert FineWeb2Quality().measure(labelled((GOOD["ru"], "ru"))) == first


def test_the_ledger_tells_the_threshold_of_the_language() -> None:
    text = "\n".join(GOOD["de"].split())
    verdict = RECIPE.clean(text).verdict
    assert (verdict.rule, verdict.threshold) == ("max_newline_ratio", "0.152")


def test_scripts_of_one_language_have_rows_of_their_own() -> None:
    cyrillic, latin = "Ученици су јуче посетили нови музеј.", "Učenici su juče posetili novi muzej."
    rows = fineweb2.rows_of([cyrillic, latin, latin, ""], ["sr"] * 4, [None, None, "Cyrl", None])
    assert [fineweb2.load().names[row] for row in rows] == ["srp_Cyrl", "srp_Latn", "srp_Cyrl", "srp_Cyrl"]
    chinese = fineweb2.rows_of(["中文", "中文"], ["zh", "zh"], ["Hans", "Hant"])
    assert [fineweb2.load().names[row] for row in chinese] == ["cmn_Hani", "cmn_Hani"]


@pytest.mark.parametrize(
    "row",
    [
        *("aai_Latn", "arb_Arab", "azj_Latn", "ekk_Latn", "gaz_Latn", "khk_Cyrl", "lvs_Latn", "npi_Deva", "ory_Orya"),
        *("pbt_Arab", "plt_Latn", "quy_Latn", "swh_Latn", "uzn_Latn", "zsm_Latn"),
    ],
)
def test_a_code_for_several_languages_goes_by_that_of_most_documents(row: str) -> None:
    label, script = split_label(row)
    (found,) = fineweb2.rows_of([""], [label], [script])
    assert fineweb2.load().names[found] == row
    _, (place,) = fineweb2.stop_words(UAX29, np.array([found]))
    assert place >= 0


def test_a_number_holds_for_all_languages_and_null_for_none() -> None:
    lines = "\n".join(GOOD["de"].split())
    assert FineWeb2Quality(max_newline_ratio=None).rules != FineWeb2Quality().rules
    assert FineWeb2Language(min_score=None).rules == ()
    kept = Recipe(
        "r", [Language(min_score=None), FineWeb2Quality(max_newline_ratio=1, min_line_punctuation_ratio=None)]
    )
    assert kept.clean(lines).removed_by is None
    assert Recipe("r", [Language(min_score=None), FineWeb2Language(min_score=1)]).clean(lines).removed_by is not None
    with pytest.raises(RecipeError, match="min_score is 'tabel'"):
        FineWeb2Language(min_score="tabel")  # type: ignore[arg-type]


def test_within_alternatives_each_member_keeps_its_bounds() -> None:
    step = any_of(FineWeb2Quality(), FineWeb2Quality(min_words=1_000_000))
    taken = step.measure(labelled((GOOD["de"], "de"), (JUNK["de"], "de")))
    assert taken["any_of.passing"].to_pylist() == [1, 0]


def test_the_table_is_that_of_the_source(shared_data: Path) -> None:
    source = json.loads(gzip.decompress((shared_data / "multilingual" / "fineweb2-languages.json.gz").read_bytes()))
    table = fineweb2.load()
    assert set(table.names) == set(source)
    for number, name in enumerate(table.names):
        settings = source[name]
        assert table.columns["min_score"][number] == settings["language_score"]
        assert table.columns["max_mean_word_length"][number] == settings["max_avg_word_length"]
        assert table.columns["max_duplicate_7_gram_ratio"][number] == dict(settings["dup_n_grams"])[7]
        assert set(table.stop_words[number]) == {word for word in settings["stopwords"] if word.strip("\u200b")}
