"""What the demo's distributor sells: invented brands, real kinds of goods.

One row per product: brand, what it is, pack, units per case, list price in cents excluding tax.
"""

from typing import NamedTuple


class Ware(NamedTuple):
    """One line of the price list, before barcodes and costs."""

    brand: str
    item: str
    pack: str
    units_per_case: int
    price: int


WARES: dict[str, tuple[Ware, ...]] = {
    "water": (
        Ware("Solène", "Eau de source", "50 cl", 24, 32),
        Ware("Solène", "Eau de source", "1,5 L", 6, 48),
        Ware("Solène", "Eau de source", "5 L", 2, 135),
        Ware("Aïgo", "Eau gazeuse", "33 cl", 24, 41),
        Ware("Aïgo", "Eau gazeuse", "1 L", 6, 62),
        Ware("Aïgo", "Eau gazeuse citron", "50 cl", 12, 58),
    ),
    "soft drinks": (
        Ware("Kolabri", "Cola", "33 cl", 24, 52),
        Ware("Kolabri", "Cola", "1,5 L", 6, 128),
        Ware("Kolabri", "Cola sans sucres", "33 cl", 24, 52),
        Ware("Kolabri", "Cola sans sucres", "1,5 L", 6, 128),
        Ware("Zestia", "Limonade", "25 cl", 24, 49),
        Ware("Zestia", "Orange pétillante", "33 cl", 24, 55),
        Ware("Zestia", "Thé glacé pêche", "50 cl", 12, 84),
        Ware("Zestia", "Thé glacé menthe", "1,5 L", 6, 142),
        Ware("Zestia", "Tonic", "20 cl", 24, 61),
        Ware("Volt'Ige", "Boisson énergisante", "25 cl", 24, 88),
    ),
    "juices": (
        Ware("Vergélia", "Jus d'orange", "25 cl", 12, 92),
        Ware("Vergélia", "Jus d'orange", "1 L", 6, 189),
        Ware("Vergélia", "Jus de pomme", "25 cl", 12, 85),
        Ware("Vergélia", "Jus de pomme", "1 L", 6, 165),
        Ware("Vergélia", "Nectar d'abricot", "25 cl", 12, 95),
        Ware("Vergélia", "Jus de tomate", "20 cl", 12, 88),
    ),
    "syrups": (
        Ware("Maison Cabassol", "Sirop de menthe", "1 L", 6, 298),
        Ware("Maison Cabassol", "Sirop de grenadine", "1 L", 6, 298),
        Ware("Maison Cabassol", "Sirop d'orgeat", "70 cl", 6, 345),
        Ware("Maison Cabassol", "Sirop de citron", "1 L", 6, 305),
    ),
    "coffee and tea": (
        Ware("Torréo", "Café moulu", "250 g", 12, 285),
        Ware("Torréo", "Café en grains", "1 kg", 6, 1090),
        Ware("Torréo", "Capsules espresso", "10 p", 10, 248),
        Ware("Torréo", "Capsules décaféiné", "10 p", 10, 259),
        Ware("Torréo", "Café soluble", "100 g", 6, 395),
        Ware("Jardin de Lin", "Thé vert", "25 sachets", 6, 199),
        Ware("Jardin de Lin", "Thé noir", "25 sachets", 6, 185),
        Ware("Jardin de Lin", "Verveine", "25 sachets", 6, 215),
        Ware("Jardin de Lin", "Sucre en bûchettes", "500 p", 2, 1150),
    ),
    "dairy": (
        Ware("Prairèze", "Lait demi-écrémé", "1 L", 6, 98),
        Ware("Prairèze", "Lait entier", "1 L", 6, 112),
        Ware("Prairèze", "Lait barista", "1 L", 6, 145),
        Ware("Prairèze", "Crème liquide", "20 cl", 12, 96),
        Ware("Prairèze", "Crème liquide", "1 L", 6, 385),
        Ware("Prairèze", "Beurre doux", "250 g", 20, 239),
        Ware("Prairèze", "Dosettes de lait", "120 p", 4, 690),
    ),
    "baking": (
        Ware("Moulins du Môle", "Farine T55", "1 kg", 10, 92),
        Ware("Moulins du Môle", "Farine T65", "25 kg", 1, 1690),
        Ware("Moulins du Môle", "Farine complète", "1 kg", 10, 118),
        Ware("Moulins du Môle", "Levure", "500 g", 10, 165),
        Ware("Douceline", "Sucre en poudre", "1 kg", 10, 119),
        Ware("Douceline", "Sucre glace", "1 kg", 10, 172),
        Ware("Douceline", "Chocolat pâtissier", "1 kg", 6, 895),
        Ware("Douceline", "Pâte d'amande", "500 g", 8, 540),
    ),
    "biscuits": (
        Ware("Croquelune", "Sablés au beurre", "125 g", 18, 128),
        Ware("Croquelune", "Navettes", "200 g", 12, 219),
        Ware("Croquelune", "Gaufrettes noisette", "90 g", 24, 99),
        Ware("Croquelune", "Croquants aux amandes", "150 g", 12, 245),
        Ware("Croquelune", "Madeleines", "30 g", 48, 38),
        Ware("Croquelune", "Galettes de riz", "130 g", 12, 149),
    ),
    "confectionery": (
        Ware("Bonbec", "Gélifiés fruits", "100 g", 24, 95),
        Ware("Bonbec", "Réglisses", "100 g", 24, 95),
        Ware("Bonbec", "Sucettes", "100 p", 6, 980),
        Ware("Mentholine", "Chewing-gum menthe", "10 p", 30, 62),
        Ware("Mentholine", "Pastilles", "40 g", 24, 108),
        Ware("Cacaoline", "Barre lait", "45 g", 36, 58),
        Ware("Cacaoline", "Barre noisette", "45 g", 36, 61),
        Ware("Cacaoline", "Tablette noir 70 %", "100 g", 20, 152),
    ),
    "snacks": (
        Ware("Crispa", "Chips nature", "45 g", 20, 59),
        Ware("Crispa", "Chips nature", "150 g", 12, 132),
        Ware("Crispa", "Chips paprika", "45 g", 20, 62),
        Ware("Crispa", "Cacahuètes salées", "100 g", 20, 85),
        Ware("Crispa", "Amandes grillées", "100 g", 16, 198),
        Ware("Crispa", "Bretzels", "200 g", 12, 118),
        Ware("Crispa", "Crackers apéritif", "100 g", 16, 104),
    ),
    "grocery": (
        Ware("Olivastre", "Huile d'olive", "50 cl", 12, 545),
        Ware("Olivastre", "Huile d'olive", "5 L", 2, 4390),
        Ware("Olivastre", "Huile de tournesol", "1 L", 12, 215),
        Ware("Olivastre", "Olives vertes", "200 g", 12, 189),
        Ware("Pastalina", "Spaghetti", "500 g", 20, 109),
        Ware("Pastalina", "Penne", "500 g", 20, 109),
        Ware("Pastalina", "Riz rond", "1 kg", 10, 178),
        Ware("Solmar", "Thon à l'huile", "160 g", 24, 199),
        Ware("Solmar", "Sardines", "125 g", 24, 165),
        Ware("Solmar", "Concentré de tomate", "140 g", 24, 78),
        Ware("Solmar", "Sel fin", "750 g", 12, 65),
        Ware("Solmar", "Moutarde", "370 g", 12, 148),
    ),
    "household": (
        Ware("Clarène", "Liquide vaisselle", "500 ml", 12, 142),
        Ware("Clarène", "Nettoyant multi-usage", "1 L", 12, 189),
        Ware("Clarène", "Éponges", "3 p", 24, 118),
        Ware("Clarène", "Sacs poubelle 50 L", "20 p", 20, 179),
        Ware("Blanca", "Serviettes papier", "100 p", 20, 129),
        Ware("Blanca", "Essuie-tout", "2 p", 12, 165),
        Ware("Blanca", "Papier toilette", "6 p", 8, 255),
    ),
    "personal care": (
        Ware("Lavandine", "Savon de lavande", "100 g", 24, 148),
        Ware("Lavandine", "Gel douche", "250 ml", 12, 215),
        Ware("Lavandine", "Crème mains", "75 ml", 12, 298),
        Ware("Lavandine", "Crème solaire 50", "200 ml", 12, 890),
        Ware("Lavandine", "Dentifrice", "75 ml", 12, 169),
        Ware("Lavandine", "Mouchoirs", "10 p", 30, 84),
    ),
    "travel": (
        Ware("Routard'Eau", "Lave-glace", "5 L", 4, 389),
        Ware("Routard'Eau", "Sandwich thon", "180 g", 8, 245),
        Ware("Routard'Eau", "Sandwich poulet", "180 g", 8, 255),
        Ware("Routard'Eau", "Piles AA", "4 p", 12, 312),
    ),
}
