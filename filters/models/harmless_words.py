"""Words that :class:`~textmill.filters.Toxicity` does not count, though they are listed or hold a listed one.

In languages written without spaces they are harmless words in which entries of the lists stand by chance; elsewhere
entries that medicine, law and news use without offence.
"""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HARMLESS: Mapping[str, tuple[str, ...]] = {
    "en": _words(
        """anus bisexual breasts clitoris erotic escort fecal feces genitals homoerotic incest intercourse
        lolita neonazi nipple nipples nude nudity panties penis rape raping rapist rectum rimming semen sex
        sexuality sexual sexually suck sucks suicide swastika swinger testicle testicles undressing vagina
        vulva butt hooker domination pubes voyeur"""
    ),
    "de": _words("anus brüste erotik nackt penis sex vagina brustwarze"),
    "es": _words("ano chupar drogas erótico heroína marfil pene sexo vagina semen racista pedo"),
    "fr": _words("anus clitoris érotique nu nue pénis sexe vagin"),
    "it": _words("ano capezzolo pene sesso vagina seno"),
    "pt": _words("ânus erótico heroína pênis sexo vagina"),
    "ru": _words("секс"),
    "ko": _words("유모 자위 야사 애자 고자 노모 로리타 미친 하드코어 망가 에로"),
    "th": _words(
        """กะปิ กู้ กูเกิ กูรู กูล กูด กูน กูบ กูย กูร กูปรี กูเตน ห่าง ห่าน ห่าม ห่าฝน หีบ ขี้เกียจ ขี้อาย ขี้ผึ้ง
        ขี้เลื่อย ขี้เถ้า ขี้เหนียว ขี้เหร่ ขี้เล่น ขี้ลืม ขี้กลัว ขี้หึง ขี้เหล็ก ขี้หนู ขี้โรค ขี้ตา ขี้หู ขี้ไคล ขี้เมา ขี้ร้อน
        ขี้หนาว ขี้สงสาร ขี้โกง ขี้โมโห ขี้บ่น ขี้แย ขี้น้อยใจ สัดส่วน เป็นสัด หลั่ง กระดอง กระดอน ดอกทองกวาว
        ดอกทองหลาง ดอกทองอุไร เจี๊ยวจ๊าว ล้างตู้เย็น เสือกไส แม่งู แม่งาน"""
    ),
    "zh": _words(
        """成人教育 成人高考 成人礼 成年人 变成人 成人员 造成人 形成人 构成人 组成人 完成人 激情燃烧 充满激情
        激情澎湃 处女作 处女座 处女地 主干你 骨干你 树干你 能干你 包皮肤 荷包皮 书包皮 皮包皮 今日你 昨日你
        明日你 生日你 节日你 周日你 假日你 每日你 日你好 卵子库 乳房炎 乳头瘤 交配期 老二楼 第二老二 老二百
        祖宗祠堂 列祖列宗 老祖宗 白痴呆 野鸡脖子 野鸡翎 屁股针 你妈妈 他妈妈 她妈妈 你娘家 他娘家 操你的心
        体操你 早操你 广播体操 情操你 发射你 反射你 投射你 笨蛋糕 私服务 公私服 刚度系数 弯曲刚度 刚度矩阵
        抗弯刚度 高刚度 动刚度 静刚度 刚度和 刚度大 刚度为 打炮兵 小鸡鸡蛋 精子库 靠背椅 靠背包 靠背垫 放荡不羁
        花柳树 花柳病防治 色情况 特色情况 角色情感 景色情 插你好 九游乐 九游客 后庭院 后庭花园 前庭后庭"""
    ),
    "ja": _words(
        """なめらか なめし なめこ 少なめ 斜め ななめ かなめ なめくじ いたずら書き フックス 人種差別 人種的 支配人
        支配者 支配的 奴隷制 奴隷解放 嫌いな食べ物 好き嫌い 負けず嫌い 殺人事件の捜査 直腸がん 直腸癌 生殖器官
        精液検査 裸足 裸眼 赤裸々 裸子植物 裸電球 両性花 両性類 両生 縛りプレイ 金縛り ネオ・ナチ運動
        児童性虐待防止 平手打ちをし"""
    ),
}
