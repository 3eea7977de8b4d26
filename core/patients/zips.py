"""ZIP codes by their first three digits: the state, and the time zone where it is certain. Pure.

Prefixes are those of the US Postal Service (publication 65 and its yearly lists); the zones' borders are 49 CFR 71. A
prefix that is missing here is nobody's (not in use), or no place (military mail).
"""

# First three digits, inclusive, and the state. Odd ones out: 005 and 063 of New York, 201 of Virginia, 340 of the
# armed forces, 569 of the capital's offices, 733 and 885 of Texas.
STATES = (
    (5, 5, "NY"),
    (6, 7, "PR"),
    (8, 8, "VI"),
    (9, 9, "PR"),
    (10, 27, "MA"),
    (28, 29, "RI"),
    (30, 38, "NH"),
    (39, 49, "ME"),
    (50, 54, "VT"),
    (55, 55, "MA"),
    (56, 59, "VT"),
    (60, 69, "CT"),
    (70, 89, "NJ"),
    (100, 149, "NY"),
    (150, 196, "PA"),
    (197, 199, "DE"),
    (200, 200, "DC"),
    (201, 201, "VA"),
    (202, 205, "DC"),
    (206, 212, "MD"),
    (214, 219, "MD"),
    (220, 246, "VA"),
    (247, 268, "WV"),
    (270, 289, "NC"),
    (290, 299, "SC"),
    (300, 319, "GA"),
    (320, 339, "FL"),
    (341, 342, "FL"),
    (344, 344, "FL"),
    (346, 347, "FL"),
    (349, 349, "FL"),
    (350, 352, "AL"),
    (354, 369, "AL"),
    (370, 385, "TN"),
    (386, 397, "MS"),
    (398, 399, "GA"),
    (400, 418, "KY"),
    (420, 427, "KY"),
    (430, 459, "OH"),
    (460, 479, "IN"),
    (480, 499, "MI"),
    (500, 516, "IA"),
    (520, 528, "IA"),
    (530, 532, "WI"),
    (534, 535, "WI"),
    (537, 549, "WI"),
    (550, 551, "MN"),
    (553, 567, "MN"),
    (569, 569, "DC"),
    (570, 577, "SD"),
    (580, 588, "ND"),
    (590, 599, "MT"),
    (600, 620, "IL"),
    (622, 629, "IL"),
    (630, 631, "MO"),
    (633, 641, "MO"),
    (644, 658, "MO"),
    (660, 662, "KS"),
    (664, 679, "KS"),
    (680, 681, "NE"),
    (683, 693, "NE"),
    (700, 701, "LA"),
    (703, 708, "LA"),
    (710, 714, "LA"),
    (716, 729, "AR"),
    (730, 731, "OK"),
    (733, 733, "TX"),
    (734, 741, "OK"),
    (743, 749, "OK"),
    (750, 770, "TX"),
    (772, 799, "TX"),
    (800, 816, "CO"),
    (820, 831, "WY"),
    (832, 838, "ID"),
    (840, 847, "UT"),
    (850, 853, "AZ"),
    (855, 857, "AZ"),
    (859, 860, "AZ"),
    (863, 865, "AZ"),
    (870, 871, "NM"),
    (873, 875, "NM"),
    (877, 884, "NM"),
    (885, 885, "TX"),
    (889, 891, "NV"),
    (893, 895, "NV"),
    (897, 898, "NV"),
    (900, 908, "CA"),
    (910, 928, "CA"),
    (930, 961, "CA"),
    (967, 968, "HI"),
    (969, 969, "GU"),
    (970, 979, "OR"),
    (980, 986, "WA"),
    (988, 994, "WA"),
    (995, 999, "AK"),
)

# Five-digit codes that lie elsewhere than their neighbours: Fishers Island, Samoa, the Marianas, and the freely
# associated states, which are no place of ours.
SINGLE = {
    "06390": "NY",
    "96799": "AS",
    "96950": "MP",
    "96951": "MP",
    "96952": "MP",
    "96939": "",
    "96940": "",
    "96941": "",
    "96942": "",
    "96943": "",
    "96944": "",
    "96960": "",
    "96970": "",
}

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
BOISE, ARIZONA, ALASKA = "America/Boise", "America/Phoenix", "America/Anchorage"

# Prefixes of states in two zones that lie wholly in one of them. What is not named here may lie in any of its state's:
# 324, 465, 469, 471, 475, 476, 479, 677 and so on are split, and where it is not known for certain they count as split.
CERTAIN = (
    (320, 323, EASTERN),
    (325, 325, CENTRAL),
    (326, 349, EASTERN),
    (350, 367, CENTRAL),
    (369, 369, CENTRAL),
    (370, 372, CENTRAL),
    (374, 374, EASTERN),
    (375, 375, CENTRAL),
    (376, 376, EASTERN),
    (379, 379, EASTERN),
    (380, 385, CENTRAL),
    (400, 400, EASTERN),
    (402, 418, EASTERN),
    (420, 424, CENTRAL),
    (460, 462, EASTERN),
    (463, 464, CENTRAL),
    (466, 468, EASTERN),
    (470, 470, EASTERN),
    (472, 474, EASTERN),
    (477, 477, CENTRAL),
    (478, 478, EASTERN),
    (480, 497, EASTERN),
    (570, 574, CENTRAL),
    (577, 577, MOUNTAIN),
    (580, 584, CENTRAL),
    (660, 676, CENTRAL),
    (680, 689, CENTRAL),
    (693, 693, MOUNTAIN),
    (730, 731, CENTRAL),
    (733, 738, CENTRAL),
    (740, 749, CENTRAL),
    (750, 797, CENTRAL),
    (799, 799, MOUNTAIN),
    (832, 834, BOISE),
    (836, 837, BOISE),
    (838, 838, PACIFIC),
    (850, 859, ARIZONA),
    (863, 864, ARIZONA),
    (885, 885, MOUNTAIN),
    (889, 897, PACIFIC),
    (970, 978, PACIFIC),
    (996, 999, ALASKA),
)


def state_of_zip(zip_code: str) -> str:
    """The state of a US ZIP code, or '' for none of ours."""
    single = SINGLE.get(zip_code[:5])
    if single is not None:
        return single
    return next((state for low, high, state in STATES if low <= _prefix(zip_code) <= high), "")


def certain_zone_of_zip(zip_code: str) -> str:
    """The one zone in which a ZIP code of a split state certainly lies, or '' where that is not so."""
    return next((zone for low, high, zone in CERTAIN if low <= _prefix(zip_code) <= high), "")


def _prefix(zip_code: str) -> int:
    """The first three digits, or -1."""
    prefix = zip_code[:3]
    return int(prefix) if len(prefix) == 3 and prefix.isascii() and prefix.isdecimal() else -1
