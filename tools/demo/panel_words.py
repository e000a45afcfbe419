"""What the panel says, in Chinese and in English."""

import os
from collections.abc import Mapping

CHINESE, ENGLISH = 0, 1

WORDS: dict[str, tuple[str, str]] = {
    "title": ("模拟设备", "Simulated devices"),
    "other language": ("English", "中文"),
    "start": ("点一下，看看终端怎么做。", "Press something and see what the kiosk does."),
    "done": ("{label}：好了", "{label}: done"),
    "failed": ("{label}：没有成功（{why}）", "{label}: it did not work ({why})"),
    "saved": ("纸存到了 {file}", "The paper is in {file}"),
    "not saved": ("纸没有存成（{why}）", "The paper could not be saved ({why})"),
    # Cards
    "pin": ("密码 {pin}", "PIN {pin}"),
    "no pin": ("没有密码", "no PIN"),
    "locked": ("{pin}，密码锁住了", "{pin}, locked"),
    "version": ("{version} 卡", "{version} card"),
    "new": ("新卡，没有激活", "new, not activated"),
    "bank": ("银行卡", "A bank card"),
    "counterfeit": ("假卡，抄{name}的", "Counterfeit {name}"),
    "upside down": ("插反的卡", "A card the wrong way round"),
    "no social security": ("没有社保功能", "no social security on it"),
    "no contact": ("芯片接触不到", "the chip has no contact"),
    "remove": ("拔出卡", "Pull the card out"),
    "renew": ("所有卡恢复原来的密码", "Give all cards their first PIN"),
    # Documents
    "cards": ("社保卡", "Cards"),
    "id cards": ("身份证", "ID cards"),
    "e-cards": ("电子社保卡", "E-cards"),
    "id reader": ("身份证读卡器：{state}", "ID card reader: {state}"),
    "nothing on it": ("没有身份证，点一张放上", "nothing on it, press one to lay it down"),
    "id card on it": ("放着{name}的身份证", "{name} is on it"),
    "lift": ("拿起身份证", "Lift the ID card"),
    "show": ("点一个人，向扫码器出示新的二维码", "Press somebody to show the scanner a new code"),
    "camera": ("摄像头前：{state}", "Before the camera: {state}"),
    "matches": ("本人", "the holder"),
    "differs": ("别人", "somebody else"),
    "picture": ("本人的照片", "a picture of them"),
    "nobody": ("没有人", "nobody"),
    # Devices
    "reader": ("读卡器：{state}", "Reader: {state}"),
    "empty": ("没有卡，点一张插入", "no card, press one to insert it"),
    "card in": ("有卡，{name}", "card in, {name}"),
    "printer": ("打印机：{state}", "Printer: {state}"),
    "ready": ("正常", "ready"),
    "printing": ("正在打印", "printing"),
    "power off": ("没有电", "no power"),
    "cable out": ("线拔掉了", "cable out"),
    "cover open": ("盖开着", "cover open"),
    "paper out": ("缺纸", "out of paper"),
    "paper low": ("纸快用完了", "paper low"),
    "centre": ("社保中心：{state}", "Centre: {state}"),
    "online": ("在线", "online"),
    "offline": ("断线", "offline"),
    "no answer": ("没有回答", "no answer"),
    "and": ("，", ", "),
    "open cover": ("打开盖", "Open the cover"),
    "close cover": ("关好盖", "Close the cover"),
    "take paper": ("拿走纸卷", "Take the roll out"),
    "low paper": ("纸快用完", "Paper low"),
    "put paper": ("装好纸", "Put a new roll in"),
    "switch off": ("关电源", "Switch it off"),
    "switch on": ("开电源", "Switch it on"),
    "unplug": ("拔掉线", "Pull its cable"),
    "plug": ("插好线", "Plug its cable in"),
    "cut off": ("断开社保中心", "Cut the centre off"),
    "connect": ("恢复社保中心", "Bring the centre back"),
    "cover opens": ("盖打开了", "The cover opens"),
    "paper ends": ("纸用完了", "The paper ends"),
    "power fails": ("电断了", "The power fails"),
    "cable falls": ("线掉了", "Cable falls out"),
    "in print": ("下一次打印到一半时：", "In the middle of the next print: "),
    # Paper
    "paper": ("打印出来的纸", "The printed paper"),
    "no paper": ("还没有打印。", "Nothing was printed yet."),
    "save": ("保存这张纸", "Keep this paper"),
}


def language_of(environment: Mapping[str, str] = os.environ) -> int:
    """Return the language of the user's locale: Chinese also where none is set."""
    named = [environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    locale = next(filter(None, named), "")
    return CHINESE if locale[:2] == "zh" or locale.partition(".")[0] in ("", "C", "POSIX") else ENGLISH


def say(language: int, key: str, **values: str) -> str:
    """Return a text of the panel."""
    return WORDS[key][language].format(**values)
