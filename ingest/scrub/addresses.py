"""Street addresses in free text, Finnish, Swedish and English: a word that ends like a street and a house number."""

import re

_FINNISH = (
    r"[^\W\d_]{2,}(?:ka(?:tu|du)|tie|polku|polu|kuja|kaari|kaare|rinne|rintee|rintei|raitti|raiti|tori|aukio|ranta|ranna"
    r"|puistikko|puistiko|portti|porti|väylä|penger|penkere|piha|tanhua|mäki|mäe|laita|laida|kulma|bulevardi|esplanadi"
    r"|rivi|haka|haa|kallio|niitty|niity|suora|silta|silla|laituri|kehä|vierto|ahde|ahtee|harju|törmä|askel|linja|väli|alue)"
    r"(?:n|lla|llä|lta|ltä|lle|ssa|ssä|sta|stä|a|ä|ta|tä)?"
)
_SWEDISH = (
    r"[^\W\d_]{2,}(?:gatan?|väge?n?|stige?n?|grände?n?|torge?t?|esplanade?n?|allée?n?|stranden|kajen|backen|plane?n?|ringen"
    r"|bågen|svängen|leden|brinken|parken|linjen|udden|skvären|kroken)s?"
)
_LONE = r"(?:esplanaden|esplanadi|vägen|gatan|boulevarden|bulevarden|stigen|bulevardi|espa)"
_BEFORE = (
    r"(?:(?:(?:vanha|itäinen|läntinen|pohjoinen|eteläinen|iso|pieni|uusi|norra|södra|östra|västra|stora|lilla|gamla|nya|övre|nedre)"
    r")\s)?"
)
_OWNED = r"(?-i:[A-ZÅÄÖ])[^\W\d_]+(?:-[^\W\d_]+)?n\s(?:katu|tie|polku|kuja|kaari|aukio|tori|ranta|puistotie|väylä)"
# "Hämeentie 5 minuuttia" is a walk.
_UNIT_WORDS = "min|minuut|eur|€|km|kilo|metri|meter|vuo|tun|timm|hour|%|år|kert|kpl|henk|pers|asiak|kund|snt"
_UNIT = rf"(?!\s?(?:{_UNIT_WORDS}|(?:h|st|kr)\b|[.,:/]?[0-9]))"
_DOOR = (
    r"(?:\s?[-–]\s?[0-9]{1,3}(?![0-9]))?"
    rf"(?:\s?[a-l](?![^\W_])(?:\s[0-9]{{1,3}}{_UNIT})?)?"
    r"(?:,?\s(?:as|asunto|lgh|lägenhet|bst|bostad|apt|flat|rappu|trappa)\.?\s?[a-l]?\s?[0-9]{0,3}"
    r"|\s[0-9]{1,3}(?![0-9.:,]*[0-9%€])(?=\s*(?:$|[,.;!?)\n])))?"
)
ADDRESS = re.compile(
    rf"(?<!\w)(?:{_BEFORE}(?:{_FINNISH}|{_SWEDISH}|{_LONE})|{_OWNED})\s[0-9]{{1,3}}{_UNIT}{_DOOR}"
    r"|(?<!\w)[0-9]{1,4}\s(?:[A-Z][a-zåäö]+\s){1,3}(?:Street|Road|Avenue|Lane|Drive|Square|Crescent|Terrace)(?!\w)",
    re.IGNORECASE,
)
_NO_STREET = re.compile(r"^(?:sekä|että|mies|asian?tie|hissi|kulma|palvelualue|alue|ikä)", re.IGNORECASE)


def scrub_addresses(text: str) -> str:
    """*text*, which holds digits, without street addresses; postal code and town stay."""
    return ADDRESS.sub(lambda match: match[0] if _NO_STREET.match(match[0]) else "[address]", text)
