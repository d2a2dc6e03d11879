"""Keys, tokens and passwords: by their issuers' prefixes, by their form, by what they are assigned to."""

from __future__ import annotations

import functools
import math
from collections import Counter

import regex

from ..base.expressions import lazy_re, lazy_regex

_H = "[0-9a-f]"
_W = "[A-Za-z0-9_-]"
_A = "[A-Za-z0-9]"
PREFIXED = (
    # clouds
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",
    r"ABSK[A-Za-z0-9+/]{109,269}={0,2}",
    rf"AIza{_W}{{35}}",
    rf"ya29\.{_W}{{30,}}",
    rf"GOCSPX-{_W}{{28}}",
    r"LTAI[A-Za-z0-9]{12,20}",
    rf"AKID{_A}{{32}}",
    rf"do[opr]_v1_{_H}{{64}}",
    rf"dapi{_H}{{32}}(?:-[0-9])?",
    rf"v1\.0-{_H}{{24}}-{_H}{{146}}",
    rf"HRKU-AA{_W}{{58}}",
    rf"fo1_{_W}{{43}}",
    r"(?:FlyV1 )?fm(?:1[ar]|2)_[A-Za-z0-9+/]{80,}={0,3}",
    rf"{_A}{{14}}\.atlasv1\.[A-Za-z0-9=_-]{{60,70}}",
    rf"hv[sbr]\.{_W}{{24,300}}",
    rf"pul-{_H}{{40}}",
    r"pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_=.-]{32,64}",
    r"dp\.(?:pt|st|ct|scim)\.[A-Za-z0-9._-]{40,60}",
    rf"dt0c01\.{_A}{{24}}\.{_A}{{64}}",
    rf"nvapi-{_W}{{60,70}}",
    rf"AQVN{_W}{{35,38}}",
    r"t1\.[A-Za-z0-9_-]+={0,2}\.[A-Za-z0-9_-]{86}={0,2}",
    r"[a-zA-Z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    rf"sha256~{_W}{{43}}",
    rf"tskey-[a-z]+-{_A}+-{_A}{{20,}}",
    # hosts of code and packages
    rf"gh[pousr]_{_A}{{36,255}}",
    r"github_pat_[A-Za-z0-9_]{82}",
    rf"gl(?:pat|dt|rt|rtr|ptt|soat|cbt|imt|ft|ffct|agent|oas)-{_W}{{20,}}(?:\.[0-9a-z]{{2}}\.[0-9a-z]{{9}})?",
    rf"GR1348941{_W}{{20}}",
    r"ATATT3[A-Za-z0-9_=-]{180,}",
    rf"ATBB{_A}{{32}}",
    rf"npm_{_A}{{36}}",
    rf"pypi-AgE{_W}{{50,1000}}",
    rf"rubygems_{_H}{{48}}",
    r"oy2[a-z0-9]{43}",
    r"CLOJARS_[A-Za-z0-9]{60}",
    rf"dckr_(?:pat|oat)_{_W}{{24,40}}",
    rf"cio{_A}{{32}}",
    rf"AKCp{_A}{{69}}",
    rf"cmVmd{_A}{{59}}",
    r"bkua_[a-z0-9]{40}",
    r"sgp_(?:[A-Fa-f0-9]{16}_|local_)?[A-Fa-f0-9]{40}",
    rf"sq[upa]_{_H}{{40}}",
    rf"PMAK-{_H}{{24}}-{_H}{{34}}",
    # models
    rf"sk-ant-(?:api|admin|oat|sid)[0-9]{{2}}-{_W}{{80,120}}",
    rf"sk-(?:proj|svcacct|admin|None)-{_W}{{40,200}}",
    rf"sk-{_A}{{20}}T3BlbkFJ{_A}{{20}}",
    rf"sk-or-v1-{_H}{{64}}",
    rf"hf_[A-Za-z]{{34}}|hf_{_A}{{34,40}}|api_org_[A-Za-z]{{34}}",
    rf"r8_{_A}{{37}}",
    rf"gsk_{_A}{{52}}",
    rf"xai-{_A}{{80}}",
    rf"pplx-{_A}{{48}}",
    r"ops_eyJ[A-Za-z0-9+/]{250,}={0,3}",
    # payment and trade
    rf"(?:sk|rk)_(?:test|live|prod)_{_A}{{10,99}}",
    r"whsec_[A-Za-z0-9+/]{24,64}={0,2}",
    rf"(?:EAAA|sq0(?:atp|csp)-){_W}{{22,60}}",
    rf"access_token\$(?:production|sandbox)\$[0-9a-z]{{16}}\${_H}{{32}}",
    r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}",
    r"shippo_(?:live|test)_[A-Fa-f0-9]{40}",
    rf"EZ[AT]K{_A}{{54}}",
    r"FLW(?:SECK|PUBK)(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?",
    rf"rzp_(?:live|test)_{_A}{{14}}",
    r"duffel_(?:test|live)_[A-Za-z0-9_=-]{43}",
    rf"pnu_{_A}{{36}}",
    # chat and mail
    rf"xox[abeoprs](?:\.xox[bp])?-{_A}[A-Za-z0-9-]{{9,250}}",
    r"xapp-[0-9]-[A-Z0-9]+-[0-9]+-[A-Za-z0-9]+",
    rf"[MNO]{_W}{{23,27}}\.{_W}{{6}}\.{_W}{{27,40}}",
    rf"[0-9]{{8,16}}:A{_W}{{34}}",
    rf"SG\.(?:{_W}{{20,24}}\.{_W}{{39,50}}|[A-Za-z0-9=_.-]{{66}})",
    r"SK[0-9a-fA-F]{32}",
    rf"xkeysib-{_H}{{64}}-{_A}{{16}}",
    rf"key-{_H}{{32}}",
    rf"{_H}{{32}}-us[0-9]{{1,2}}",
    rf"EAA[MC]{_A}{{100,}}",
    r"[0-9]{15,16}(?:\||%7C|%)[0-9A-Za-z_-]{27,40}",
    # others
    r"sntry[su]_[A-Za-z0-9+/=_]{40,}",
    rf"NR(?:AK|II|JS|RA|AL)-{_W}{{19,42}}",
    rf"PMAT-{_A}{{26}}",
    rf"secret_{_A}{{43}}|ntn_[0-9]{{11}}{_A}{{35}}",
    rf"pat{_A}{{14}}\.{_H}{{64}}",
    rf"figd_{_W}{{40,}}",
    rf"lin_(?:api|oauth)_{_A}{{40,64}}",
    rf"glsa_{_A}{{32}}_[A-Fa-f0-9]{{8}}|glc_[A-Za-z0-9+/]{{32,400}}={{0,3}}|eyJrIjoi{_A}{{70,400}}={{0,3}}",
    rf"phc_{_A}{{43}}|phx_{_A}{{43}}",
    rf"rdme_[a-z0-9]{{70}}|tfp_[A-Za-z0-9_.=-]{{59}}|sm_[aps]at_{_A}{{16}}|tk-us-{_W}{{48}}|API-[A-Z0-9]{{26}}",
    rf"p8e-[A-Za-z0-9]{{32}}|{_A}{{6}}_{_A}{{29}}_mmk|4b1d{_A}{{38}}|dnkey-[A-Za-z0-9=_-]{{26}}-[A-Za-z0-9=_-]{{52}}",
    r"[sp]k\.eyJ[A-Za-z0-9_.-]{60,}|pk\.[a-z0-9]{60}\.[a-z0-9]{22}",
    r"(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[a-z0-9+/_=-]{30,120}",
    r"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/=_-]*",
    rf"fio-u-[A-Za-z0-9=_-]{{64}}|ico-{_A}{{32}}|s-s4t2(?:ud|af)-{_H}{{64}}|[ps]at\.{_W}{{22}}\.{_A}{{24}}\.{_A}{{20}}",
    rf"pubkey-{_H}{{32}}|[a-h0-9]{{32}}-[a-h0-9]{{8}}-[a-h0-9]{{8}}",
    rf"access-(?:sandbox|development|production)-{_H}{{8}}(?:-{_H}{{4}}){{3}}-{_H}{{12}}",
    rf"(?:live|test)_(?:{_H}{{35}}|pub_{_H}{{31}})|live_[a-z0-9=_-]{{40}}",
    r"A{22}[A-Za-z0-9%]{80,100}|[a-z0-9]{11}A{10}[a-z0-9=_-]{43}|sl\.(?:u\.)?[A-Za-z0-9_=-]{130,2000}",
    r"s\.[A-Za-z0-9]{24}|_gitlab_session=[0-9a-z]{32}",
    r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}",
    r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
    # JSON Web Tokens
    r"eyJ[A-Za-z0-9_-]{10,}\.ey[A-Za-z0-9/\\_-]{10,}\.[A-Za-z0-9/\\_-]{0,1000}={0,2}|ZXlK[A-Za-z0-9+/=_-]{60,}",
)
"""Tokens that tell their issuer, after the issuers' documents and what gitleaks' rules know of them."""

TOKEN = lazy_regex(rb"(?<![A-Za-z0-9])(?:" + "|".join(PREFIXED).encode() + rb")(?![A-Za-z0-9_])")
TOKEN_START = lazy_re(rb"(?<![A-Za-z0-9])[A-Za-z0-9_~.]")
BEGINNINGS = lazy_re(
    rb"(?<![A-Za-z0-9])(?:A(?:KIA|3T|SIA|BIA|CCA|BSK|Iza|KID|QVN|TATT3|TBB|KCp|3-|GE-|PI-)|ya29|GOCSPX|LTAI|do[opr]_|dapi|v1\.0|HRKU|fo1_|fm[12]"
    rb"|FlyV1|hv[sbr]\.|pul-|pscale_|dp\.|dt0c|nvapi|t1\.|sha256~|tskey|gh[pousr]_|github_pat|gl[a-z]{2,5}-|GR1348|npm_|pypi-|rubygems_|oy2"
    rb"|CLOJARS|dckr_|cio|cmVmd|bkua_|sgp_|sq[upa0]|PMAK|sk-|hf_|api_org|r8_|gsk_|xai-|pplx-|ops_|[sr]k_|whsec_|EAA|access_token\$|shp|shippo_"
    rb"|EZ[AT]K|FLW|rzp_|duffel_|pnu_|xox|xapp-|[MNO][A-Za-z0-9_-]{23,27}\.|SG\.|SK[0-9a-fA-F]|xkeysib|key-[0-9a-f]|sntry|NR[A-Z]{2}-|PMAT-|secret_|ntn_"
    rb"|pat[A-Za-z0-9]{14}\.|figd_|lin_|gl[sc]a?_|ph[cx]_|rdme_|tfp_|sm_|tk-us|(?:sc|ext|scauth|authress)_|bedrock-api|fio-u-|ico-|s-s4t2|[ps]at\.|pubkey-|access-|live_|test_|sl\.|s\.|ZXlK|p8e-|4b1d|dnkey|[sp]k\.eyJ|pk\.[a-z0-9]{60}|_gitlab_session|eyJ)"
    rb"|[0-9]Q~|-us[0-9]|:A|AAAAAAAAAA|[a-h0-9]{24}-|_acc|\.acc|\.atlasv1|_mmk|[0-9][|%]"
)
"""What every token has in it: asked first, because it is a fast search."""
HOOK = lazy_regex(
    rb"(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks/[0-9]{17,20}"
    rb"|[a-z0-9-]+\.webhook\.office\.com/webhookb2)/(?P<value>[A-Za-z0-9+/@_-]{40,200})"
    rb"|\bcurl [^\n]{0,120}?(?:-u|--user)[ =]?[\"']?[^:\s\"'$]{1,60}:(?P<quoted>[^\s\"'@$<{]{5,80})"
)
KEY_BLOCK = lazy_regex(
    rb"-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){16,20000}?"
    rb"-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    rb"|-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr])*(?:[A-Za-z0-9+/=]{20,}(?:\s|\\[nr])*){1,400}"
)
KEY_BLOCK_START = lazy_re(rb"-")
"""So that what is far behind a window is not searched again for each."""
LOGIN = lazy_regex(rb"://(?P<user>[^\s:@/\"'<>]{0,64}):(?P<value>[^\s@/\"'<>]{3,100})@(?P<host>[A-Za-z0-9.\[-]+)")

_SERVICES = (
    rb"(?:adafruit|adobe|airtable|algolia|alibaba|asana|beamer|bitbucket|bittrex|meraki|cloudflare|codecov|cohere|coinbase|confluent"
    rb"|contentful|datadog|discord|drone-?ci|dropbox|etsy|facebook|fastly|finicity|finnhub|flickr|freshbooks|gitter|gocardless|heroku"
    rb"|hubspot|intercom|jfrog|artifactory|bintray|xray|kraken|kucoin|launchdarkly|linear|linked-?in|lob|looker|mailgun|mapbox"
    rb"|mattermost|message-?bird|netlify|new-?relic|new-york-times|nytimes|okta|plaid|private-?ai|rapid-?api|sendbird|sentry|snyk"
    rb"|squarespace|sumo(?:logic)?|telegram|travis(?:-?ci)?|twitch|twitter|yandex|zendesk)"
)
SERVICE = lazy_regex(rb"(?i)(?<![a-z])" + _SERVICES + rb"[A-Za-z0-9_ .-]{0,30}[\"'\]` ]{0,3}[ \t]{0,16}[:=>]")
"""Names of services whose keys have no prefix."""
_NAME = (
    rb"(?P<password>passw(?:or)?d|passwort|pwd|passphrase|(?<![a-z])pass|senha"
    + "|contraseña|пароль|密码|密碼|口令|パスワード|비밀번호".encode()
    + rb")|secret|token|(?:api|access|secret|private|account|auth|encryption|signing|master"
    rb"|client|shared|storage|service|admin|deploy|app"
    rb"|license|subscription|consumer|webhook|session)[_ .-]?(?:access[_ .-]?)?key"
    rb"|(?-i:(?<![A-Z0-9])(?!PUBLIC|PRIMARY|FOREIGN|CACHE|HASH)[A-Z][A-Z0-9]{1,40}_KEY)|(?<![a-z])auth|authorization|credentials?|(?P<id>(?:client|access|api)[_-]?id)"
)
ASSIGNED_NAME = lazy_re(rb"(?i)(?:" + _NAME + rb")(?:[\"'\]` ]{0,3}[ \t]{0,16}[:=>]|[\"']\s{1,8}value\s?=)")
"""The name and the sign alone: few windows have them."""
ASSIGNMENT = lazy_regex(
    rb"(?i)(?:" + _NAME + rb")(?:[\"'\]` ]{0,3}[ \t]{0,16}(?::=|=>|={1,3}|:|>)|[\"']\s{1,8}value\s?=)[ \t]{0,8}"
    rb"(?:(?:bearer|basic|token)[ ]+)?"
    rb"(?:[bru]{0,2}(?P<mark>[\"'`])(?=[A-Za-z]{0,199}[^A-Za-z\"'`\r\n])(?P<quoted>[^\"'`\r\n]{4,200})(?P=mark)"
    rb"|(?P<bare>(?=[^\s\"'`,;<>(){}\[\]|&0-9]{0,199}[0-9])[^\s\"'`,;<>(){}\[\]|&]{4,200}))"
)

EXAMPLE_HOST = lazy_regex(rb"(?:[a-z0-9-]+\.){0,3}(?:example(?:\.[a-z]+)?|localhost)$", regex.IGNORECASE)
PLACEHOLDER = lazy_regex(
    rb"(?i)^(?:[$%{<\[@#]|1a2b3c|deadbeef|\*{2,}|x{3,}|\.{3}|your|my[_-]|the[_-]|some[_-]|test[_-]?(?:key|token|password|secret)|example|sample|dummy|fake|placeholder"
    rb"|change[_-]?me|insert|replace|enter|null|none|true|false|undefined|process\.|os\.|env\.|self\.|this\.|config\.|redacted|todo)"
    rb"|(?:example|placeholder|your[_-]|xxxx|\.\.\.|\*{3}|0{8}|12345678[90]{0,2}$|redacted|<|\$\{|\{\{)"
)
"""What stands for a secret in documents, and is none."""
NAMES_OF_CODE = lazy_regex(
    rb"[A-Za-z_$][A-Za-z0-9_$]*(?:(?:\.|->|::)[A-Za-z_$][A-Za-z0-9_$]*)+[()\[\];]*|[A-Za-z]+[0-9]{0,2}(?:[_-][A-Za-z]+[0-9]{0,2})+|[A-Z]?[a-z]+(?:[A-Z][a-z]+)*[0-9]?"
)
"""Names of variables, words with hyphens."""


@functools.lru_cache(maxsize=4096)
def entropy(value: bytes) -> float:
    """Bits for each byte, of how often each byte is in it."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def is_token(match: regex.Match[bytes], text: bytes) -> bool:  # noqa: ARG001
    """Refuse examples of documents: a token is random."""
    value = match[0]
    if value.startswith(b"s.") and sum(0x30 <= byte <= 0x39 for byte in value) < 3:
        return False
    return entropy(value) >= 2.8 and not regex.search(rb"(?i)example|x{6}|0{9}|1234567890|abcdefghij|your[_-]", value)


def is_hook(match: regex.Match[bytes], text: bytes) -> bool:  # noqa: ARG001
    """The same for what stands behind the address of a chat's hook."""
    if match["quoted"] is not None:
        return not PLACEHOLDER.search(match["quoted"]) and entropy(match["quoted"]) >= 2.2
    return entropy(match["value"]) >= 3


def is_key_block(match: regex.Match[bytes], text: bytes) -> bool:  # noqa: ARG001
    """A block with content: "..." is none."""
    return b"..." not in match[0] and len(regex.findall(rb"[A-Za-z0-9+/]{16,}", match[0])) > 0


def is_login(match: regex.Match[bytes], text: bytes) -> bool:  # noqa: ARG001
    """A password in a URL, unless it stands for one: ``user:password@host``."""
    value = match["value"]
    usual = value.lower() in (
        b"password",
        b"pass",
        b"pwd",
        b"passwd",
        b"secret",
        b"token",
        b"user",
        b"port",
        b"key",
        b"pw",
    )
    if usual or value == match["user"] or PLACEHOLDER.search(value):
        return False
    if not regex.search(rb"(?<!%[0-9]?)[0-9]", value) and EXAMPLE_HOST.match(match["host"]):
        return False
    return b"." in match["host"] or any(0x30 <= byte <= 0x39 for byte in value)


def assigned(match: regex.Match[bytes], text: bytes) -> bool:
    """Whether what is assigned to "password" or "token" looks random, or like a password somebody thought of."""
    if regex.search(rb"::[A-Za-z]*$", text, pos=max(0, match.start() - 24), endpos=match.start()):
        return False  # the name of a type: AWS::AppSync::ApiKey
    name = "quoted" if match["quoted"] is not None else "bare"
    value = match[name]
    if PLACEHOLDER.search(value) or NAMES_OF_CODE.fullmatch(value) or b"://" in value[:12]:
        return False
    digits = sum(0x30 <= byte <= 0x39 for byte in value)
    letters = sum(chr(byte).isalpha() for byte in value)
    if match["password"] is not None:
        if b" " in value or len(value) > 64 or len(value) < 6:
            return False
        others = len(value) - digits - letters
        if name == "bare" and (text[match.end() : match.end() + 1] in b"([{" and match.end() < len(text)):
            return False
        return letters > 0 and (digits > 0 or (name == "quoted" and 0 < others < letters)) and entropy(value) >= 2.2
    service = SERVICE.search(text, max(0, match.start() - 40), match.start(name)) is not None
    if match["id"] is not None and not service:
        return False
    if len(value) < (14 if service else 16) or b" " in value or not regex.fullmatch(rb"[A-Za-z0-9_+/=.~:-]+", value):
        return False
    if digits < max(1, len(value) // 16) or letters < 4:
        return False
    if service or regex.fullmatch(rb"[0-9a-f-]+", value):
        return entropy(value) >= 2.9
    return entropy(value) >= (3.3 if len(value) < 24 else 3.6)
