"""Query parameters that say how a reader came, never what is shown. All lower case.

Only names that belong to one measuring service each: general ones (`ref`, `source`, `id`, `s`)
choose the page on some sites and stay.
"""

from __future__ import annotations

PREFIXES = (
    "utm_",  # Urchin, Google Analytics and everyone after them
    "mtm_",  # Matomo
    "pk_",  # Piwik
    "hsa_",  # HubSpot ads
    "at_campaign",  # AT Internet, Piano
    "at_medium",
    "at_custom",
    "at_link",
    "at_bbc",
    "at_ptr",
)

NAMES = frozenset(
    {
        *("fbclid", "fb_action_ids", "fb_action_types", "fb_ref", "fb_source"),  # Facebook
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "_ga", "_gl", "gad_source"),  # Google
        *("mc_cid", "mc_eid"),  # Mailchimp
        *("msclkid", "twclid", "ttclid", "li_fat_id", "igshid", "igsh", "rdt_cid", "epik"),
        *("_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking"),  # HubSpot
        *("mkt_tok", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id"),  # mail services
        *("ml_subscriber", "ml_subscriber_hash", "ss_email_id", "_kx", "ck_subscriber_id"),
        *("yclid", "ysclid", "_openstat", "wickedid", "s_cid", "icid", "ncid"),
        *("cmpid", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee"),
        *("xtor", "spm", "guccounter", "guce_referrer", "guce_referrer_sig"),
    }
)


def is_tracking(name: str) -> bool:
    """`name` as written in the address."""
    lower = name.lower()
    return lower in NAMES or lower.startswith(PREFIXES)
