"""Names over the doors: invented French ones, and those of newcomers in their own scripts."""

import re
from collections.abc import Iterator
from random import Random

from fieldsales.demo.names import FAMILY_NAMES, FIRST_NAMES
from fieldsales.demo.trades import Trade

_PATTERNS: dict[Trade, tuple[str, ...]] = {
    Trade.KIOSK: ("Tabac {family}", "Presse {of_the}", "Kiosque {of_the}", "Le Petit Journal {of_the}"),
    Trade.MINI_MARKET: ("Épicerie {family}", "Chez {first}", "Alimentation {of_the}", "Le Panier {of_the}"),
    Trade.SUPERMARKET: ("Maréva Marché {of_the}", "Super Solmar {of_the}", "Halle {family}"),
    Trade.CAFE: ("Café {of_the}", "Bar {family}", "Le Comptoir {of_the}", "Café {first}"),
    Trade.BAKERY: ("Boulangerie {family}", "Le Fournil {of_the}", "Au Pain de {first}", "Pâtisserie {family}"),
    Trade.PHARMACY: ("Pharmacie {of_the}", "Pharmacie {family}"),
    Trade.PETROL_STATION: ("Petrolis {of_the}", "Station Garrigaz {of_the}", "Relais {family}"),
    Trade.RESTAURANT: ("La Table de {first}", "Brasserie {of_the}", "Auberge {of_the}", "Chez {first} et {other}"),
}

_OF_THE = (
    "de la Criée", "de la Darse", "de la Gare", "de la Jetée", "de la Passerelle", "de la Plage", "de la Poste",
    "de la Rocade", "de la Solène", "de l'Arsenal", "de l'Estran", "de l'Hôtel de Ville", "de l'Oasis", "des Allées",
    "des Arènes", "des Dunes", "des Embruns", "des Halles", "des Flots", "des Quais", "des Salins", "des Tamaris",
    "du Centre", "du Delta", "du Grand Large", "du Littoral", "du Musée", "du Passage", "du Phare", "du Pont-Neuf",
    "du Pont-Vieux", "du Port", "du Soleil", "du Stade", "du Théâtre", "du Vallon",
)  # fmt: skip

_NEWCOMERS: dict[Trade, tuple[str, ...]] = {
    Trade.KIOSK: ("Περίπτερο Ο Νίκος", "Kios Bahagia", "报刊亭"),
    Trade.MINI_MARKET: ("东方超市", "Παντοπωλείο Η Ελπίδα", "Toko Sumber Rejeki", "بقالة النخلة", "Toko Bu Lestari"),
    Trade.SUPERMARKET: ("华联生鲜超市",),
    Trade.CAFE: ("Καφενείο Η Αυλή", "Kedai Kopi Nusantara", "茶香阁", "Warung Kopi Pak Slamet"),
    Trade.BAKERY: ("Φούρνος Του Μανώλη", "幸福面包房", "Toko Roti Melati"),
    Trade.PHARMACY: ("Φαρμακείο Η Υγεία",),
    Trade.RESTAURANT: ("金龙酒家", "Ταβέρνα Ο Γλάρος", "Rumah Makan Minang Jaya", "四川小馆", "Ψησταριά Το Λιμάνι",
                       "Warung Mbok Sri ꦮꦫꦸꦁ", "海鲜大排档", "Sate Khas Madura"),
}  # fmt: skip
_BEFORE_A_VOWEL = re.compile(r" de ([AÉIOU])")
_EVERY = 4
"""Every fourth new shop of a trade belongs to a newcomer, as long as there are names."""


def shop_names(trade: Trade, chance: Random) -> Iterator[str]:
    """Endless names for the shops of one trade, no two alike."""
    newcomers = iter(_NEWCOMERS.get(trade, ()))
    used: set[str] = set()
    count = 0
    while True:
        count += 1
        name = next(newcomers, None) if count % _EVERY == 0 else None
        name = name or _unused(trade, used, chance)
        used.add(name)
        yield name


def _unused(trade: Trade, used: set[str], chance: Random) -> str:
    """A French name that nobody has yet; a branch number when chance keeps offering taken ones."""
    name = ""
    for _ in range(20):
        first, other = chance.sample(FIRST_NAMES, 2)
        name = chance.choice(_PATTERNS[trade]).format(
            family=chance.choice(FAMILY_NAMES), first=first, other=other, of_the=chance.choice(_OF_THE)
        )
        name = _BEFORE_A_VOWEL.sub(r" d'\1", name)
        if name not in used:
            return name
    return f"{name} {len(used) + 1}"
