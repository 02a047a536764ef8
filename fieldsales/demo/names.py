"""Words for an invented town: street names and family names. All made up or too common to mean anyone."""

from collections.abc import Iterator
from random import Random

OF_THE_STREET = (
    "de la Cloche", "de la Corderie", "de la Fontaine", "de la Forge", "de la Lanterne", "de la Loge", "de la Marée",
    "de la Monnaie", "de la Poissonnerie", "de la Pomme", "de la Poulie", "de la Rose", "de la Sardine",
    "de la Tonnellerie", "de la Tour", "de la Treille", "de la Vigie", "de l'Ancre", "de l'Amandier", "de l'Aubépine",
    "de l'Aurore", "de l'Écluse", "de l'Églantine", "de l'Équerre", "de l'Étoile", "de l'Horloge", "de l'Olivette",
    "de l'Ormeau", "des Abeilles", "des Acacias", "des Agaves", "des Alouettes", "des Arbousiers", "des Arcades",
    "des Bleuets", "des Bateliers", "des Calfats", "des Câpriers", "des Cardeurs", "des Carmes", "des Chaudronniers",
    "des Cigales", "des Citronniers", "des Cormorans", "des Cyprès", "des Drapiers", "des Figuiers", "des Filets",
    "des Genêts", "des Goélands", "des Grenadiers", "des Hirondelles", "des Iris", "des Lauriers", "des Lavandes",
    "des Lices", "des Martinets", "des Mimosas", "des Mouettes", "des Mûriers", "des Orfèvres", "des Palmiers",
    "des Pêcheurs", "des Pénitents", "des Pervenches", "des Pilotes", "des Platanes", "des Potiers", "des Récollets",
    "des Remparts", "des Romarins", "des Roseaux", "des Sauniers", "des Tanneurs", "des Teinturiers", "des Thoniers",
    "des Tilleuls", "des Tisserands", "des Tourterelles", "des Trois-Rois", "des Verriers", "des Vignerons",
    "du Bastion", "du Beffroi", "du Chapitre", "du Colombier", "du Four", "du Grenier à Sel", "du Lavoir",
    "du Levant", "du Lotier", "du Marché", "du Mistral", "du Môle", "du Ponant", "du Pressoir", "du Puits",
    "du Romérage", "du Safran", "du Sémaphore", "du Temple", "du Varech", "du Vieux Chantier", "du Vivier",
)  # fmt: skip

FIRST_NAMES = (
    "Adèle", "Ambroise", "Anselme", "Augustin", "Blanche", "Clément", "Delphine", "Élise", "Émile", "Fabien",
    "Firmin", "Flora", "Honorine", "Irène", "Jules", "Léonie", "Lucien", "Marcelin", "Mathilde", "Nestor", "Odette",
    "Paulin", "Rosalie", "Sidonie", "Théodore", "Ursule", "Victorin", "Zoé",
)  # fmt: skip

FAMILY_NAMES = (
    "Arnaudel", "Barthelasse", "Bérenguié", "Cabassol", "Castelliau", "Daumazan", "Escoffar", "Estramon", "Fabrelle",
    "Galissard", "Garrigol", "Jauffrenc", "Lantelmi", "Malavert", "Maurinel", "Montbrisan", "Nogarède", "Olivari",
    "Peyrassol", "Pomarède", "Rascalon", "Roumégas", "Sabranel", "Sauvairol", "Tarasconi", "Trémollet", "Valdegour",
    "Ventabrel", "Verdolin", "Ysoardi",
)  # fmt: skip


def street_names(chance: Random) -> Iterator[str]:
    """Endless names for streets, without their type ("des Tanneurs", "Rosalie-Cabassol"), no two alike."""
    people = [f"{first}-{family}" for first in FIRST_NAMES for family in FAMILY_NAMES]
    names = [*OF_THE_STREET, *chance.sample(people, 60)]
    chance.shuffle(names)
    yield from names
    seen = set(names)
    later = [name for name in people if name not in seen]
    chance.shuffle(later)
    yield from later
    number = 1
    while True:
        yield f"n° {number}"
        number += 1
