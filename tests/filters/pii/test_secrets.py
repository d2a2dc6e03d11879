"""Keys, tokens and passwords: a token of each issuer, and each rule about what is assigned at its edge."""

import hashlib
import re

import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII
from textmill.filters.pii.secrets import entropy

DIGITS, SMALL, LARGE = "0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABETS = {
    **{"a": LARGE + SMALL + DIGITS, "A": LARGE + "234567", "h": DIGITS + "abcdef", "d": DIGITS, "l": SMALL + DIGITS},
    **{"L": LARGE + SMALL, "U": LARGE + DIGITS, "w": LARGE + SMALL + DIGITS + "_-"},
    "g": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
FORMS = """
A3TX{A16}
AKIA{A16}
ASIA{A16}
ABIA{A16}
ACCA{A16}
ABSK{a120}==
AIza{w35}
ya29.{w40}
GOCSPX-{w28}
LTAI{a16}
AKID{a32}
doo_v1_{h64}
dop_v1_{h64}
dapi{h32}-2
v1.0-{h24}-{h146}
HRKU-AA{w58}
fo1_{w43}
FlyV1 fm1r_{a90}==
fm2_{a100}
{a14}.atlasv1.{w64}
hvs.{w30}
hvb.{w120}
pul-{h40}
pscale_tkn_{w40}
pscale_oauth_{w40}
pscale_pw_{w40}
dp.pt.{a43}
dp.scim.{a43}
dt0c01.{a24}.{a64}
nvapi-{w64}
AQVN{w36}
t1.{w20}.{w86}
ab~8Q~{a33}
sha256~{w43}
tskey-auth-{a10}-{a24}
ghp_{a36}
gho_{a36}
ghu_{a36}
ghs_{a36}
ghr_{a36}
github_pat_{a22}_{a59}
glpat-{w20}
gldt-{w20}
glrt-{w20}.01.{l9}
glptt-{h40}
glsoat-{w20}
glffct-{h20}
glagent-{w50}
GR1348941{w20}
ATATT3{w186}=
ATBB{a32}
npm_{a36}
pypi-AgE{w120}
rubygems_{h48}
oy2{l43}
CLOJARS_{a60}
dckr_pat_{w27}
dckr_oat_{w32}
cio{a32}
AKCp{a69}
cmVmd{a59}
bkua_{l40}
sgp_{h16}_{h40}
sgp_local_{h40}
sgp_{h40}
squ_{h40}
sqp_{h40}
sqa_{h40}
PMAK-{h24}-{h34}
sk-ant-api03-{w95}
sk-ant-admin01-{w95}
sk-proj-{w48}
sk-svcacct-{w60}
sk-{a20}T3BlbkFJ{a20}
sk-or-v1-{h64}
hf_{L34}
hf_{a37}
api_org_{L34}
r8_{a37}
gsk_{a52}
xai-{a80}
pplx-{a48}
ops_eyJ{a260}=
sk_test_{a24}
rk_live_{a24}
sk_prod_{a40}
whsec_{a32}==
EAAA{w60}
sq0atp-{w22}
sq0csp-{w43}
access_token$production${l16}${h32}
access_token$sandbox${l16}${h32}
shpat_{h32}
shpca_{h32}
shppa_{h32}
shpss_{h32}
shippo_live_{h40}
shippo_test_{h40}
EZAK{a54}
EZTK{a54}
FLWSECK_TEST-{a32}-X
FLWPUBK-{a32}-X
rzp_live_{a14}
rzp_test_{a14}
duffel_live_{w43}
pnu_{a36}
xoxb-{d12}-{d12}-{a24}
xoxe.xoxp-1-{a40}
xapp-1-A{U10}-{d13}-{h64}
M{w25}.{w6}.{w38}
{d10}:A{w34}
SG.{w22}.{w43}
SG.{w66}
SK{h32}
xkeysib-{h64}-{a16}
key-{h32}
{h32}-us12
EAAM{a120}
EAAC{a120}
{d16}|{w30}
{d15}%7C{w30}
sntrys_{a60}
sntryu_{h64}
NRAK-{U27}
NRJS-{h19}
PMAT-{U26}
secret_{a43}
ntn_{d11}{a35}
pat{a14}.{h64}
figd_{w43}
lin_api_{a40}
lin_oauth_{h64}
glsa_{a32}_{h8}
glc_{a60}=
eyJrIjoi{a80}==
phc_{a43}
phx_{a43}
rdme_{l70}
tfp_{w59}
sm_aat_{a16}
sm_pat_{a16}
sm_sat_{a16}
tk-us-{w48}
API-{U26}
p8e-{a32}
{a6}_{a29}_mmk
4b1d{a38}
dnkey-{w26}-{w52}
sk.eyJ{w70}
pk.eyJ{w70}
pk.{l60}.{l22}
sc_{l20}.{l5}.acc-{l16}.{l60}
ext_{l20}.{l5}.acc_{l16}.{l60}
authress_{l20}.{l5}.acc-{l16}.{l60}
scauth_{l20}.{l5}.acc-{l16}.{l60}
bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{a40}=
fio-u-{w64}
ico-{a32}
s-s4t2ud-{h64}
s-s4t2af-{h64}
pat.{w22}.{a24}.{a20}
sat.{w22}.{a24}.{a20}
pubkey-{h32}
{h32}-{h8}-{h8}
access-sandbox-{h8}-{h4}-{h4}-{h4}-{h12}
access-development-{h8}-{h4}-{h4}-{h4}-{h12}
access-production-{h8}-{h4}-{h4}-{h4}-{h12}
live_{h35}
test_pub_{h31}
live_{l40}
AAAAAAAAAAAAAAAAAAAAAA{a90}
{l11}AAAAAAAAAA{l43}
sl.{w140}
sl.u.{w140}
s.{a24}
_gitlab_session={l32}
A3-{U6}-{U11}-{U5}-{U5}-{U5}
A3-{U6}-{U6}-{U5}-{U5}-{U5}-{U5}
AGE-SECRET-KEY-1{g58}
eyJ{a20}.eyJ{w40}.{w43}
ZXlK{a80}
""".strip().split("\n")
"""Tokens as their issuers make them: ``{h32}`` are 32 hexadecimal digits, and so on."""


def scrub(text: str, kind: str = "web") -> str:
    return str(ScrubPII().clean(make_batch([text], kind=kind))[0][0].as_py())


def filled(form: str) -> str:
    """A form with letters and digits that look random and are always the same."""

    def random(match: re.Match[str]) -> str:
        letters = ALPHABETS[match[1]]
        noise = hashlib.shake_256(f"{form} {match.start()}".encode()).digest(int(match[2]))
        return "".join(letters[byte % len(letters)] for byte in noise)

    return re.sub(r"\{(\w)(\d+)\}", random, form)


def test_a_token_of_each_issuer_is_found() -> None:
    texts = [f"It is {filled(form)} here" for form in FORMS]
    found = ScrubPII().clean(make_batch(texts))[0].to_pylist()
    missed = [form for form, text in zip(FORMS, found, strict=True) if text != "It is <SECRET> here"]
    assert missed == []


def test_a_token_whose_first_part_has_no_digit_is_found() -> None:
    """The kernel looks for tokens around digits."""
    letters = "qZtKpXwLmVbNcRdSfGhJyTuEiOaB"
    for token in (f"SG.{letters[:22]}.{RANDOM[:43]}", f"pat.{letters[:22]}.{RANDOM[:24]}.{RANDOM[20:40]}"):
        assert scrub(f"It is {token} here") == "It is <SECRET> here"
    assert scrub(f"M{letters[:27]}.{letters[:6]}.{RANDOM[:38]}") == "<SECRET>"


def test_a_token_stands_alone() -> None:
    token = filled("ghp_{a36}")
    assert scrub(f"x.{token}.") == "x.<SECRET>."
    assert scrub(f"x{token}") == f"x{token}"
    assert scrub(f"{token[:39]} x") == f"{token[:39]} x"


RANDOM = "q7Zt3Kp9Xw2Lm8Vb4Nc6Rd1Sf5Gh0JyTuEiOaBkDlFvCxMz"


@pytest.mark.parametrize(
    "token",
    [
        *("ghp_" + 18 * "ab", "ghp_" + 9 * "aabb", "ghp_example" + RANDOM[:29], "ghp_xxxxxx" + RANDOM[:30]),
        *("ghp_000000000" + RANDOM[:27], "ghp_1234567890" + RANDOM[:26], "ghp_abcdefghij" + RANDOM[:26]),
        *("hvs.your-" + RANDOM[:24], "hvs.YOUR_" + RANDOM[:24], "s.abcdefghKLMNopqrSTUVwx12"),
    ],
)
def test_examples_of_documents_are_no_tokens(token: str) -> None:
    assert scrub(f"It is {token} here") == f"It is {token} here"


def test_tokens_just_random_enough() -> None:
    assert scrub("It is s.abcdefghKLMNopqrSTUVw123 here") == "It is <SECRET> here"  # three digits
    assert scrub("It is ghp_" + 6 * "abc1d9" + " here") == "It is <SECRET> here"
    assert entropy(b"aabb") == 1.0
    assert entropy(b"abcdefgh") == 3.0
    assert entropy(b"aaab") == pytest.approx(0.8113, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hooks.slack.com/services/" + RANDOM[:40], "hooks.slack.com/services/<SECRET>"),
        ("hooks.slack.com/services/" + RANDOM[:39], None),
        ("hooks.slack.com/workflows/" + RANDOM[:44], "hooks.slack.com/workflows/<SECRET>"),
        ("hooks.slack.com/triggers/" + RANDOM[:44], "hooks.slack.com/triggers/<SECRET>"),
        ("hooks.slack.com/services/" + "T000/B000/XXXX" * 4, None),
        (
            "discord.com/api/webhooks/918273645918273645/" + RANDOM,
            "discord.com/api/webhooks/918273645918273645/<SECRET>",
        ),
        (
            "discordapp.com/api/webhooks/918273645918273645/" + RANDOM,
            "discordapp.com/api/webhooks/918273645918273645/<SECRET>",
        ),
        ("x.webhook.office.com/webhookb2/" + RANDOM, "x.webhook.office.com/webhookb2/<SECRET>"),
        ("curl --user anna:q7Zt3Kp9X x", "curl --user anna:<SECRET> x"),
        ("curl -s -u 'anna:q7Zt3Kp9X' x", "curl -s -u 'anna:<SECRET>' x"),
        ("curl -u anna:q7Zt3 x", "curl -u anna:<SECRET> x"),
        ("curl -u anna:aabba x", None),
        ("curl -u anna:password x", "curl -u anna:<SECRET> x"),
        ("curl -u anna:your_pass x", None),
        ("curl -u anna:changeme x", None),
    ],
)
def test_hooks_and_command_lines(text: str, expected: str | None) -> None:
    assert scrub(text) == (expected or text)


@pytest.mark.parametrize(
    "content",
    ["..." + RANDOM, "x" * 15 + "\n" + "y" * 15],
)
def test_a_key_block_without_a_key_stays(content: str) -> None:
    block = f"-----BEGIN RSA PRIVATE KEY-----\n{content}\n-----END RSA PRIVATE KEY-----"
    assert scrub(block) == block


def test_a_key_block_with_a_key_goes_also_where_its_end_is_missing() -> None:
    for head in ("RSA PRIVATE KEY", "PRIVATE KEY", "PGP PRIVATE KEY BLOCK"):
        assert scrub(f"-----BEGIN {head}-----\n{RANDOM[:16]}\n-----END {head}-----.") == "<SECRET>."
    assert scrub(f"-----BEGIN PRIVATE KEY-----\n{RANDOM}\n{RANDOM}\n\nend").strip() == "<SECRET>end"
    assert scrub(f"-----BEGIN PUBLIC KEY-----\n{RANDOM}\n") == f"-----BEGIN PUBLIC KEY-----\n{RANDOM}\n"
    long = "\n".join(RANDOM for _ in range(400))  # almost 20,000 bytes
    assert scrub(f"-----BEGIN PRIVATE KEY-----\n{long}\n-----END PRIVATE KEY-----") == "<SECRET>"


def test_usual_words_in_urls_are_no_passwords() -> None:
    for value in ("password", "pass", "pwd", "passwd", "secret", "token", "user", "port", "key", "pw", "Secret"):
        assert scrub(f"ftp://anna:{value}@db.mail.org/x") == f"ftp://anna:{value}@db.mail.org/x"
    assert scrub("ftp://anna:anna@db.mail.org/x") == "ftp://anna:anna@db.mail.org/x"
    assert scrub("ftp://anna:$PW@db.mail.org/x") == "ftp://anna:$PW@db.mail.org/x"  # and its end is no name
    assert scrub("ftp://anna:$" + "P" * 32 + "@db.mail.org/x") == "ftp://anna:$" + "P" * 32 + "@db.mail.org/x"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("ftp://anna:tulip@db.mail.org/x", True),
        ("ftp://anna:tulip@example.org/x", False),
        ("ftp://anna:tulip@db.example.org/x", False),
        ("ftp://anna:tulip@localhost/x", False),
        ("ftp://anna:tulip7@example.org/x", True),
        ("ftp://anna:tul%20ip@example.org/x", False),  # an escaped sign is no digit
        ("ftp://anna:tulip@db/x", False),
        ("ftp://anna:tulip7@db/x", True),
        ("ftp://:tulip7@db/x", True),
        ("ftp://anna:tu@db.mail.org/x", False),
        ("ftp://anna:tul@db.mail.org/x", True),
    ],
)
def test_passwords_in_urls(url: str, found: bool) -> None:
    assert scrub(url) == (re.sub(r":[^:]*@", ":<SECRET>@", url) if found else url)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('password = "tul7ip"', True),  # six
        ('password = "tul7p"', False),
        ('password = "' + RANDOM[:32] * 2 + '"', True),
        ('password = "' + RANDOM[:32] * 2 + 'x"', False),
        ('password = "tulip!"', True),  # a mark in place of a digit
        ('password = "tulips"', False),
        ('password = "!!a!!!"', False),
        ('password = "ab!!cd"', True),
        ('password = "a!!!cd"', False),
        ('password = "1234567"', False),
        ('password = "a1a1a1a1"', False),  # hardly random
        ('password = "tulip 7x"', False),
        ("password = tulip7x", True),
        ("password = tulip!x", False),
        ("password = tulip7x(a)", False),
        ("password = tulip7x[a]", False),
        ("password = tulip7x{a}", False),
        ("pwd: tulip7x", True),
        ("passwd=tulip7x", True),
        ("passphrase: tulip7x", True),
        ("Passwort: tulip7x", True),
        ("senha: tulip7x", True),
        ("contraseña: tulip7x", True),
        ("пароль: tulip7x", True),
        ("パスワード: tulip7x", True),
        ("비밀번호: tulip7x", True),
        ("口令: tulip7x", True),
        ("pass: tulip7x", True),
        ("compass: tulip7x", False),
        ("password: http://tulip7x", False),
        ("password := tulip7x", True),
        ("password => tulip7x", True),
        ("password == 'tulip7x'", True),
        ("password = b'tulip7x'", True),
        ("password = `tulip7x`", True),
        ("password: config.tulip7", False),
        ("password: tulip-garden7", False),
        ("password: tulipGarden7", False),
        ("password: 1a2b3c4d", False),
        ("password: deadbeef1", False),
    ],
)
def test_what_is_a_password(text: str, found: bool) -> None:
    assert ("<SECRET>" in scrub(text)) == found
    assert found or scrub(text) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("secret = q7Zt3Kp9Xw2Lm8Vb", True),  # sixteen
        ("secret = q7Zt3Kp9Xw2Lm8V", False),
        ("secret = abcdefgh1jklmnop", True),
        ("secret = q7Zt3Kp9Xw2Lm8V$", False),
        ("secret = 'q7Zt3Kp9Xw 2Lm8Vb'", False),
        ("secret = 123456789012345a", False),
        ("secret = 5187326409a8b7c6d", True),
        ("secret = 518732640918bcd75", False),  # three letters
        ("secret = abcdefghijklmnopqrstuvwxyzABCDEF1", False),  # 33 characters need two digits
        ("secret = abcdefghijklmnopqrstuvwxyzABCDE12", True),
        ("secret = q7Ztq7Ztq7Ztq7Zt", False),
        ("secret = q7Zt3Kp9q7Zt3Kp9", False),
        ("secret = 0a1b2c3d4e5f60718293", True),  # hexadecimal is less random
        ("secret = 0a0a0b0b0c0c1d1d", False),
        ("secret = q7Zt3Kp9Xw2Lq7Zt3Kp9Xw2L", False),  # of 24 on it has to be more random
        ("secret = q7Zt3Kp9Xw2Lq7Zt3Kp9Xw2", True),
        ("secret = q7Zt3Kp9Xw2Lm8q7Zt3Kp9Xw2L", True),
        ("token: Bearer q7Zt3Kp9Xw2Lm8Vb", True),
        ("token: basic q7Zt3Kp9Xw2Lm8Vb", True),
        ("auth: token q7Zt3Kp9Xw2Lm8Vb", True),
        ("author: q7Zt3Kp9Xw2Lm8Vb", False),
        ("credentials: q7Zt3Kp9Xw2Lm8Vb", True),
        ("credential: q7Zt3Kp9Xw2Lm8Vb", True),
        ("authorization: q7Zt3Kp9Xw2Lm8Vb", True),
        ("api_id: q7Zt3Kp9Xw2Lm8Vb", False),  # of a service only
        ("twitter api_id: q7Zt3Kp9Xw2Lm8Vb", True),
        ("twitter api_id: q7Zt3Kp9Xw2Lm8", True),  # fourteen
        ("twitter api_id: q7Zt3Kp9Xw2Lm", False),
        ("twitter token: q7Zt3Kp9Xw2Lm8", True),
        ("twitter token: q7Zt3Kq7Zt3Kq7Zt3K", False),
        ("MAIN_KEY=q7Zt3Kp9Xw2Lm8Vb", True),
        ("PRIMARY_KEY=q7Zt3Kp9Xw2Lm8Vb", False),
        ("MY_PRIMARY_KEY=q7Zt3Kp9Xw2Lm8Vb", False),
        ("SSH_PUBLIC_KEY=q7Zt3Kp9Xw2Lm8Vb", False),
        ("1CACHE_KEY=q7Zt3Kp9Xw2Lm8Vb", False),
        ("main_key=q7Zt3Kp9Xw2Lm8Vb", False),
        ("a::b secret: q7Zt3Kp9Xw2Lm8Vb", True),
        ("A::Secret: q7Zt3Kp9Xw2Lm8Vb", False),
        ('"apiKey"  value="q7Zt3Kp9Xw2Lm8Vb"', True),
    ],
)
def test_what_is_a_secret(text: str, found: bool) -> None:
    assert ("<SECRET>" in scrub(text)) == found
    assert found or scrub(text) == text


OWNERS = """
api access secret private account auth encryption signing master client shared storage service admin deploy
app license subscription consumer webhook session
"""
SERVICES = """
adafruit adobe airtable algolia alibaba asana beamer bitbucket bittrex meraki cloudflare codecov cohere
coinbase confluent contentful datadog discord droneci drone-ci dropbox etsy facebook fastly finicity finnhub
flickr freshbooks gitter gocardless heroku hubspot intercom jfrog artifactory bintray xray kraken kucoin
launchdarkly linear linkedin lob looker mailgun mapbox mattermost messagebird netlify newrelic new-york-times
nytimes okta plaid privateai rapidapi sendbird sentry snyk squarespace sumo sumologic telegram travis
travis-ci twitch twitter yandex zendesk
"""


def test_a_key_of_each_kind_and_service() -> None:
    for owner in OWNERS.split():
        for name in (f"{owner}_key", f"{owner}-access.key", f"{owner}key".upper()):
            assert scrub(f"{name} = {RANDOM[:20]}") == f"{name} = <SECRET>"
    for service in SERVICES.split():
        assert scrub(f"{service}_client_id: {RANDOM[:14]}") == f"{service}_client_id: <SECRET>"
    assert scrub(f"weather_client_id: {RANDOM[:14]}") == f"weather_client_id: {RANDOM[:14]}"
