"use strict";
// Verifies the text of a certificate's QR code with the public keys in this page, and asks nobody.
// The layout of a code is sync/protocol/certificate_code.py's.

const BODY = 42, SIGNATURE = 64, LONGEST = 2000, FORMAT = 1, HOUR = 3600;
const ALGORITHMS = { 1: "ed25519", 2: "sm2-sm3", 3: "ecdsa-p256-sha256" };
const WEB_CRYPTO = {
  "ed25519": { key: { name: "Ed25519" }, sign: { name: "Ed25519" } },
  "ecdsa-p256-sha256": {
    key: { name: "ECDSA", namedCurve: "P-256" },
    sign: { name: "ECDSA", hash: "SHA-256" },
  },
};

class Refusal extends Error {
  constructor(kind, title, text) {
    super(title);
    Object.assign(this, { kind, title, text });
  }
}

const forged = (title, text) => new Refusal("bad", title, text);
const undecided = (title, text) => new Refusal("old", title, text);

const known = JSON.parse(document.getElementById("known").textContent);
const at = (id) => document.getElementById(id);

function bytesOf(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function signedBytes(text) {
  const code = text.length > LONGEST ? "" : text.trim().split("#").pop();
  if (!/^[A-Za-z0-9_-]{142}$/.test(code)) {
    throw forged("不是本系统证明的二维码", "请扫证明最下面的二维码，或把扫出来的整行文字粘贴进来。");
  }
  return bytesOf(code);
}

function read(bytes) {
  const view = new DataView(bytes.buffer);
  const name = new TextDecoder().decode(bytes.slice(28, 38)).replaceAll("\0", "");
  return {
    format: bytes[0] >> 4,
    algorithm: ALGORITHMS[bytes[0] & 15],
    key: bytes[1],
    kind: bytes[2],
    number: view.getBigUint64(3).toString(),
    issued: view.getUint32(11),
    region: [...bytes.slice(15, 18)].map((each) => each.toString(16).padStart(2, "0")).join(""),
    name,
    months: view.getUint16(38),
    lastMonth: view.getUint16(40),
  };
}

function keyOf(code) {
  if (code.format !== FORMAT || !code.algorithm) {
    throw forged("不是本系统证明的二维码", "二维码的格式不对，也可能是比本页更新的格式：请联网核验。");
  }
  const key = known.keys.find((each) => each.number === code.key && each.algorithm === code.algorithm);
  if (!key) {
    throw forged("没有通过：签名用的密钥不在本页里", "不是本系统开具的，或者本页太旧。请重新下载本页，或联网核验。");
  }
  return key;
}

async function requireSignature(bytes, key) {
  const how = WEB_CRYPTO[key.algorithm];
  if (!how) {
    throw undecided("本页核验不了这个二维码", "它是用国密 SM2 签名的，浏览器还不支持：请联网核验。");
  }
  if (!globalThis.crypto?.subtle) {
    throw undecided("本页核验不了", "请把本页保存到电脑上，再打开保存的文件。");
  }
  let right;
  try {
    const imported = await crypto.subtle.importKey("raw", bytesOf(key.public), how.key, false, ["verify"]);
    right = await crypto.subtle.verify(how.sign, imported, bytes.slice(BODY), bytes.slice(0, BODY));
  } catch {
    throw undecided("本页核验不了", "这个浏览器太旧，不支持这种签名。请换新的浏览器，或联网核验。");
  }
  if (right !== true) {
    throw forged("没有通过：签名不对", "内容被改过，或者是伪造的。请不要采用。");
  }
}

function requireKeyUsedThen(key, issued) {
  if (key.withdrawn !== null && issued >= key.withdrawn) {
    throw forged("没有通过：密钥那时已经作废", "可能是别人用偷来的密钥伪造的。请不要采用。");
  }
  if ((key.notBefore !== null && issued < key.notBefore) || (key.notAfter !== null && issued >= key.notAfter)) {
    throw forged("没有通过：密钥那时没有在用", "开具日期和密钥对不上，可能是伪造的。请不要采用。");
  }
}

function inChina(seconds) {
  return new Date((seconds + 8 * HOUR) * 1000).toISOString();
}

function lastDay(issued, months) {
  const [year, month, day] = inChina(issued).slice(0, 10).split("-").map(Number);
  const daysThen = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  daysThen.setUTCDate(Math.min(day, daysThen.getUTCDate()));
  return daysThen.toISOString().slice(0, 10);
}

function rowsOf(code) {
  const kind = known.kinds[code.kind];
  const until = kind?.months ? lastDay(code.issued, kind.months) : null;
  const expired = until !== null && inChina(Date.now() / 1000).slice(0, 10) > until;
  const month = code.lastMonth;
  return {
    expired,
    rows: [
      ["种类", kind ? kind.title : "本页不认识的新种类"],
      ["编号", code.number],
      ["行政区划代码", code.region],
      ["开具时间", inChina(code.issued).slice(0, 16).replace("T", " ")],
      ["姓名或名称", `${code.name}（开头）`],
      ["证明的月数", code.months ? String(code.months) : "无"],
      ["最后月份", month ? `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}` : "无"],
      ["有效期至", kind ? until ?? "长期有效" : "请联网核验"],
    ],
  };
}

function show(kind, title, text, rows = []) {
  at("verdict").className = `verdict ${kind}`;
  at("verdict").textContent = title;
  at("explanation").textContent = text;
  at("content").replaceChildren(...rows.map(([name, value]) => {
    const row = document.createElement("div");
    row.append(Object.assign(document.createElement("dt"), { textContent: name }));
    row.append(Object.assign(document.createElement("dd"), { textContent: value }));
    return row;
  }));
  at("result").hidden = false;
}

function showGenuine(code, key) {
  const { expired, rows } = rowsOf(code);
  const compare = "请与纸上逐项核对，有一项不一致就不是原件。开具以后有没有作废，只有联网核验才知道。";
  if (key.withdrawn !== null) {
    show("old", "签名是真的，但要联网再核验", `这把密钥后来作废了，偷到它的人能写以前的日期。${compare}`, rows);
  } else if (expired) {
    show("old", "签名是真的，已过有效期", `请持有人重新开具。${compare}`, rows);
  } else {
    show("good", "签名是真的", compare, rows);
  }
}

async function verify() {
  at("result").hidden = true;
  try {
    const bytes = signedBytes(at("text").value);
    const code = read(bytes);
    const key = keyOf(code);
    await requireSignature(bytes, key);
    requireKeyUsedThen(key, code.issued);
    showGenuine(code, key);
  } catch (trouble) {
    if (!(trouble instanceof Refusal)) {
      trouble = undecided("本页核验不了", "请联网核验。");
    }
    show(trouble.kind, trouble.title, trouble.text);
  }
  at("text").select();
}

async function readPhoto(file) {
  try {
    const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file));
    at("text").value = found.length === 1 ? found[0].rawValue : "";
  } catch {
    at("text").value = "";
  }
  await verify();
}

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  verify();
});
// A scanner types the code and presses Enter.
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    verify();
  }
});
if ("BarcodeDetector" in globalThis) {
  at("photo-input").hidden = false;
  at("photo").addEventListener("change", (event) => event.target.files[0] && readPhoto(event.target.files[0]));
}
at("text").focus();
