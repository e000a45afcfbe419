"""社保关系转移（打包办）: what moving the four insurances takes, each in a row: nothing that no source says."""

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import Choose
from kiosk.dialogue.words import _
from kiosk.rules.contacts import phone_of
from kiosk.rules.law import Direction, Insurance, Person, Scope
from kiosk.rules.stated import Answer, cite
from kiosk.rules.transfer import TransferSteps, transfer
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, in_one, paper_names, said
from kiosk.services.questions import choose
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

INSURANCES: dict[Insurance, str] = {
    "employee-pension": _("养老保险"),
    "unemployment": _("失业保险"),
    "work-injury": _("工伤保险"),
    "medical": _("医疗保险"),
}
DIRECTIONS = {"in": _("转到这里来"), "out": _("从这里转走")}
SCOPES = {"within-province": _("本省的其他地方"), "across-provinces": _("外省")}
PEOPLE = {"employed": _("在职，或者已经找到工作"), "unemployed": _("失业，正在领或者要领失业金")}
WHO = {"self": _("本人去"), "agent": _("别人代办")}
DIRECTION = choose(_("往哪边转？"), *DIRECTIONS.items())
PERSON = choose(_("现在有工作吗？"), *PEOPLE.items())
AGENT = choose(_("谁去办？"), *WHO.items())

FUND = {
    True: _("基金要转。"),
    False: _("基金不转。"),
    None: _("基金转不转，规定没有写明。"),
}
NATIONAL_PLATFORM = _(
    "在国家社会保险公共服务平台（si.12333.gov.cn）、电子社保卡上或者转入地申请，不用回原来的地方。"
)
MEDICAL_HALL = _("到医疗保障服务大厅办，医保由医保部门管。")
WENDENG = "371003"
ELSEWHERE = _("单项办法是威海市文登区公布的，其他地方以当地规定为准。")
OTHER_MOVES = _(
    "机关事业单位和企业之间换工作，养老保险关系随同转移；还没有领待遇的居民跨地区迁户口，居民养老保险关系可以随同转移。"
)
TOLD = _("办完以后，经办机构会告诉结果，或者可以查询办理情况。军人优先办理。")
LAW = ("第十二条", "第十三条", "第十四条", "第十五条", "第十六条", "第十七条")


@advice_service(
    "transfer-bundle",
    group="transfer",
    position=1,
    label=_("社保关系转移（打包办）"),
    hint=_("养老、失业、工伤、医疗四项一次问清"),
    words=(
        "打包办",
        "社保转移",
        "转到外地",
        "从外省转回来",
        "医保失业一起转",
        "换单位社保咋转",
        "社保转回来",
    ),
)
def transfer_bundle(visit: Visit) -> Conversation:
    """Ask which way, how far, whether in work and who goes; answer with one row for each insurance."""
    steps = (
        Step("direction", lambda _answers: DIRECTION),
        Step("scope", _scope),
        Step("person", lambda _answers: PERSON),
        Step("agent", lambda _answers: AGENT),
    )
    return (yield from advise(visit, steps, lambda answers: advice_on(answers, visit.region)))


def _scope(answers: Answers) -> Choose:
    title = _("从哪里转来？") if answers["direction"] == "in" else _("转到哪里去？")
    return choose(title, *SCOPES.items())


def answers_of(answers: Answers) -> dict[Insurance, Answer[TransferSteps]]:
    """Return what the rules say of each insurance."""
    direction: Direction = answers["direction"]
    scope: Scope = answers["scope"]
    person: Person = answers["person"]
    agent = answers["agent"] == "agent"
    return {
        insurance: transfer(insurance, direction, scope=scope, person=person, agent=agent)
        for insurance in INSURANCES
    }


def advice_on(answers: Answers, region: str) -> Advice:
    """Return the four rows, and what holds for all of them."""
    found = answers_of(answers)
    rows = [
        Part(_row(insurance, answer, answers, region), INSURANCES[insurance])
        for insurance, answer in found.items()
    ]
    notes = (OTHER_MOVES, TOLD) if region == WENDENG else (OTHER_MOVES, TOLD, ELSEWHERE)
    given = (
        (_("方向"), DIRECTIONS[answers["direction"]]),
        (_("地方"), SCOPES[answers["scope"]]),
        (_("工作"), PEOPLE[answers["person"]]),
        (_("谁去办"), WHO[answers["agent"]]),
    )
    basis = (*basis_of(*found.values()), *(cite("regulation", article) for article in LAW))
    return Advice(
        _("社保关系转移（打包办）"), (*rows, Part(notes, _("请注意"))), tuple(dict.fromkeys(basis)), given
    )


def _row(
    insurance: Insurance, answer: Answer[TransferSteps], answers: Answers, region: str
) -> tuple[str, ...]:
    """Return whether it is to be done, whether the fund moves, what to bring, which proof there is, and where."""
    steps = answer.result
    if not steps.needed:
        return (said(answer),)
    lines = [_("要办。"), FUND[steps.fund_moves]]
    if steps.items:
        lines.append(_("划转：{name}。", name="、".join(steps.items)))
    papers = paper_names(steps.papers)
    lines.append(_("带：{papers}。", papers=papers) if papers else _("带什么，规定没有写明。"))
    if steps.document:
        lines.append(_("用到的证明：{name}。", name=steps.document))
    return (in_one([*lines, _where(insurance, answers, region)]),)


def _where(insurance: Insurance, answers: Answers, region: str) -> str:
    if insurance == "medical":
        return MEDICAL_HALL
    if (insurance, answers["scope"]) == ("employee-pension", "across-provinces"):
        return NATIONAL_PLATFORM
    return _("到哪里办，规定没有写明，请问{phone}。", phone=phone_of(region))
