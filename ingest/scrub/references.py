"""Birth dates, case numbers and vehicle plates in free text: mostly told by the words before them."""

import re

HAS_DIGIT = re.compile(r"[0-9]")

_MONTHS = "|".join(
    (
        "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu",
        "jan|feb|mar|apr|ma[jy]|jun|jul|aug|sep|o[ck]t|nov|de[cs]",
    )
)
_NUMERIC = (
    r"[0-9]{1,2}\s?[./-]\s?[0-9]{1,2}\s?[./-]\s?(?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}|[0-9]{6}"
)
_WORDED = (
    rf"[0-9]{{1,2}}(?:\.|:?e|st|nd|rd|th)?\s(?:of\s)?(?:{_MONTHS})\w{{0,10}},?\s[0-9]{{4}}"
    rf"|(?:{_MONTHS})\w{{0,10}}\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s[0-9]{{4}}"
)
_BORN = (
    r"(?<!\w)(?:syntyn\w*|synnyi\w*|synt\.|syntymä(?:aika|päivä|vuo)\w*|född\w*|föddes|födelse(?:tid|datum|dag|år)\w*"
    r"|born|birth\s?-?\s?(?:date|day)\w*|date of birth|d\.?o\.?b\.?|[sf]\.)"
)
# A whole date of before 2010 is no day of a visit.
BIRTH_DATE = re.compile(
    rf"(?P<cue>{_BORN}[^0-9\n]{{0,30}}?)(?<![0-9])(?:{_NUMERIC}|{_WORDED})(?![0-9])"
    rf"|(?P<year_cue>{_BORN}[^0-9\n]{{0,12}}?)(?<![0-9])(?:19[0-9]{{2}}|200[0-9])(?![0-9])"
    r"|(?<![0-9./-])(?:0?[1-9]|[12][0-9]|3[01])\s?[./-]\s?(?:0?[1-9]|1[0-2])\s?[./-]\s?(?:19[0-9]{2}|200[0-9])(?![0-9])"
    r"|(?<![0-9])(?:19[0-9]{2}|200[0-9])-[01][0-9]-[0-3][0-9](?![0-9])"
    rf"|(?<![0-9])(?=[^\n]{{0,26}}?(?:19[0-9]{{2}}|200[0-9])(?![0-9]))(?:{_WORDED})(?![0-9])",
    re.IGNORECASE,
)

_NUMBERED = (
    r"(?:diaari|asia|asian|asiakas|hakemus|hakemuksen|tapaus|tapauksen|päätös|päätöksen|ilmoituksen|valituksen|tiketti|ratkaisu"
    r"|asiakkuus|diarie|ärende|ansökans?|kund|besluts?|anmälnings?)[ -]?(?:num\w*|nr\w{0,4}|nro\w{0,4}|no)"
    r"|d(?:ia)?n?rn?o?\b|dnr"
    r"|(?:case|application|customer|client|reference|file|decision|ticket id|request)\s(?:num\w*|no\b|nr|id)"
)
_MATTERS = (
    r"hakemu\w*|\w+hakemu\w*|valitu\w*|päätö\w*|ilmoitu\w*|asiani|ärende\w*|ansök\w*|beslut\w*|besvär\w*|anmälan"
    r"|case|application|decision|appeal|tapau\w*|diaari\w*|viit\w*|referen\w*"
)
_CODE = r"(?=[\w./-]{0,30}[0-9])[A-ZÅÄÖ]{0,6}[ /-]?[0-9][\w]*(?:[./-]\w+){0,6}"
_NEXT = r"\s?(?:(?:on|oli|är|var|is|was)\b|[:#=])?\s?(?:(?:nro|nr|no)\b)?\.?:?\s?"
CASE_NUMBER = re.compile(
    rf"(?P<cue>(?<!\w)(?:{_NUMBERED})\w{{0,5}}{_NEXT})(?P<numbered>{_CODE})"
    rf"|(?P<matter>(?<!\w)(?:{_MATTERS}){_NEXT})(?P<code>{_CODE})"
    r"|(?<![\w/-])(?:"
    r"[A-ZÅÄÖ]{2,6}[ /-][0-9]{1,6}(?:/[0-9][0-9.]{0,12}){0,3}/(?:20)?[0-9]{2}(?:-[0-9]{1,4})?"
    r"|[A-ZÅÄÖ]{2,6}[ -]20[0-9]{2}-[0-9]{3,8}"
    r"|[0-9]{1,6}/[0-9]{2}\.[0-9]{2}(?:\.[0-9]{2}){0,3}/20[0-9]{2}(?:-[0-9]{1,4})?"
    r"|[0-9]{3,6}/[0-9]{1,4}/20[0-9]{2}|[0-9]{3,6}/20[0-9]{2}|[0-9]{4}/R/[0-9]{1,7}/[0-9]{2}|INC[0-9]{6,}"
    r")(?![\w/])",
    re.IGNORECASE,
)
_UPPER_FORM = re.compile(r"[A-ZÅÄÖ]{2,6}[ /-][0-9]|[0-9]")

_PLATE_CUE = re.compile(
    r"(?:auto|rekisteri|rekkari|rekka|kilp|ajoneuvo|moottoripyör|mopo|bil|regist|plåt|skylt|car\b|plate|vehicle|van\b)"
    r"[^\n]{0,24}$",
    re.IGNORECASE,
)
_NO_PLATE = frozenset(
    (
        "eu",
        "te",
        "ku",
        "vr",
        "hsl",
        "usb",
        "led",
        "iso",
        "tv",
        "klo",
        "nro",
        "kpl",
        "vko",
        "alv",
        "dna",
        "sms",
        "sha",
        "utf",
    )
)
_TICKET_CUE = re.compile(r"(?:vuoro|nummer|numer|ticket|jono|kö)\w{0,8}[^\n]{0,12}$", re.IGNORECASE)
PLATE = re.compile(r"(?<![\w-])([A-ZÅÄÖ]{2,3})([ -]?)([0-9]{1,3}|[0-9]{2}[A-Z])(?![\w-]|[.,/:][0-9])", re.IGNORECASE)


def scrub_references(text: str) -> str:
    """*text*, which holds digits, without birth dates and case numbers."""
    text = BIRTH_DATE.sub(lambda match: f"{match['cue'] or match['year_cue'] or ''}[birth_date]", text)
    return CASE_NUMBER.sub(_case_replaced, text)


def scrub_plates(text: str) -> str:
    return PLATE.sub(_plate_replaced, text)


def _case_replaced(match: re.Match[str]) -> str:
    digit_count = sum(map(str.isdigit, match["numbered"] or match["code"] or match[0]))
    if match["numbered"]:
        return f"{match['cue']}[case_number]" if digit_count >= 4 else match[0]
    if match["code"]:
        is_case = digit_count >= 6 or (digit_count >= 4 and "/" in match["code"])
        return f"{match['matter']}[case_number]" if is_case and not _is_business_id(match["code"]) else match[0]
    return "[case_number]" if _UPPER_FORM.match(match[0]) else match[0]


def _is_business_id(text: str) -> bool:
    return re.fullmatch(r"[0-9]{7}-[0-9]|FI[0-9]{8}", text) is not None


def _plate_replaced(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 40) : match.start()]
    letters, joint, digits = match.groups()
    if _PLATE_CUE.search(before) and letters.lower() not in {"klo", "on", "oli", "är"}:
        return "[plate]"
    if joint != "-" or not letters.isupper() or digits[-1].isalpha() or len(letters) + len(digits) < 4:
        return match[0]
    return match[0] if letters.lower() in _NO_PLATE or _TICKET_CUE.search(before) else "[plate]"
