"""Texts, and where a line of them may end."""

NEVER_FIRST = "，。、；：！？）》〉」』】〕”’·…—～％"
NEVER_LAST = "（《〈「『【〔“‘"

TEXTS = [
    "阿卜杜热合曼·阿卜杜热依木·买买提依明江·吐尔逊阿依·古丽巴哈尔",
    "铜川市新区某某餐饮服务部（个体工商户）“老王家”《分店》",
    "甲乙丙丁戊·己庚辛壬癸·子丑寅卯辰·巳午未申酉",
    "他说：“请带《社会保障卡》（原件）、身份证。”然后……走了——真的！",
    "缴费基数4,188.00元，比例8%（其中“个人账户”320.00元），见https://rs.example.gov.cn/v#1。",
    "Ngũgĩ wa Thiong’o·NGUYỄN THỊ HƯƠNG（越南）",
]


def allowed(lines):
    return not any(line[0] in NEVER_FIRST for line in lines[1:]) and not any(
        line[-1] in NEVER_LAST for line in lines[:-1]
    )
