"""Names for simulated companies: invented, in Japanese and English."""

from __future__ import annotations

from dataclasses import dataclass

PLACES = (
    "青嶺 Aomine|朝霧 Asagiri|霞原 Kasumihara|白瀬川 Shirasegawa|月見台 Tsukimidai|風待 Kazemachi|"
    "若葉野 Wakabano|雪ノ下 Yukinoshita|花籠 Hanakago|星ヶ森 Hoshigamori|水無瀬 Minase|"
    "夕凪 Yunagi|紅葉谷 Momijidani|鈴音 Suzune|空木 Utsugi|千草 Chigusa|葦原 Ashihara|"
    "虹ヶ浜 Nijigahama|緑陰 Ryokuin|竹取 Taketori|桐生野 Kiryuno|藤波 Fujinami|"
    "潮見坂 Shiomizaka|松籟 Shorai|露草 Tsuyukusa|蛍川 Hotarugawa|琴平野 Kotohirano|"
    "柊 Hiiragi|椿原 Tsubakihara|雲居 Kumoi|渚 Nagisa|梢 Kozue|暁 Akatsuki|木漏日 Komorebi|"
    "織部野 Oribeno|遠音 Tone|清流 Seiryu|稲穂 Inaho|山吹 Yamabuki|澪 Mio"
)
TRADES = (
    "機械 machinery|精機 Precision",
    "電子 electronics|電子 Electronics",
    "化学 chemicals|化成 Chemicals",
    "食品 food|食品 Foods",
    "物流 logistics|運輸 Logistics",
    "建設 construction|建設 Construction",
    "医療 healthcare|メディカル Medical",
    "小売 retail|商店 Stores",
)
REGIONS = ("北海道", "東北", "関東", "中部", "近畿", "中国", "四国", "九州")
MANAGERS = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村")


@dataclass(frozen=True, slots=True)
class CompanyName:
    """An invented company: its name in both languages and its industry."""

    ja: str
    en: str
    industry: str


def company_name(number: int) -> CompanyName:
    """Return the name that belongs to a number; different numbers give different names."""
    places, trades = PLACES.split("|"), [trade.split("|") for trade in TRADES]
    place_ja, place_en = places[number % len(places)].split(" ")
    industry, suffix = trades[(number // len(places) + number) % len(trades)]
    round_ = number // (len(places) * len(trades)) + 1
    suffix_ja, suffix_en = suffix.split(" ")
    again_ja, again_en = (f"第{round_}", f" No. {round_}") if round_ > 1 else ("", "")
    return CompanyName(
        ja=f"{place_ja}{suffix_ja}{again_ja}株式会社",
        en=f"{place_en} {suffix_en}{again_en} Co., Ltd.",
        industry=industry.split(" ")[0],
    )
