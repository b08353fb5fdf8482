//! Names that nobody should take for people, common given names with made-up family names; and
//! names of places, for units.

use domain::identity::Sex;

use super::chance::Chance;

const WOMEN: &[&str] = &[
    "Anna", "Eva", "Maria", "Karin", "Sara", "Lena", "Emma", "Kerstin", "Ingrid", "Malin", "Jenny",
    "Linda", "Elin", "Ulla", "Birgitta", "Amina", "Fatima", "Hanna", "Alva", "Ebba", "Maja",
    "Vera", "Astrid", "Gunilla", "Marie", "Susanne", "Helena", "Ida", "Julia", "Lovisa",
];
const MEN: &[&str] = &[
    "Lars", "Anders", "Johan", "Erik", "Per", "Karl", "Peter", "Jan", "Mikael", "Fredrik", "Nils",
    "Hans", "Bengt", "Magnus", "Oskar", "Ali", "Omar", "Viktor", "Elias", "Hugo", "Liam", "Olle",
    "Gunnar", "Sven", "Mats", "Thomas", "Henrik", "Axel", "Filip", "Ludvig",
];
const FAMILIES: &[&str] = &[
    "Testsson",
    "Provberg",
    "Exempelström",
    "Demolund",
    "Påhittsdal",
    "Fiktivsson",
    "Övningsgren",
    "Mallqvist",
    "Skissmark",
    "Utkastberg",
    "Attrapplund",
    "Låtsasson",
    "Modellgren",
    "Försöksdal",
    "Prototypsson",
    "Simulinder",
    "Generatorsson",
    "Platshållare",
    "Testlind",
    "Provgren",
    "Exempelsson",
    "Demoberg",
    "Påhittsson",
    "Fiktivlund",
];

/// Words that units are named by.
const PLACES: &[&str] = &[
    "Björken", "Eken", "Alen", "Rönnen", "Lönnen", "Hasseln", "Granen", "Tallen", "Asken", "Aspen",
    "Sälgen", "Linden", "Svanen", "Tranan", "Lärkan", "Ugglan", "Staren", "Ejdern", "Lommen",
    "Trasten", "Örnen", "Falken", "Gläntan", "Kullen", "Ängen", "Källan", "Bäcken", "Sjön",
    "Stranden", "Åsen",
];

/// A given name.
pub(super) fn given(sex: Sex, chance: &mut Chance) -> &'static str {
    let names = if sex == Sex::Female { WOMEN } else { MEN };
    chance.pick(names).copied().unwrap_or("Test")
}

/// A family name, plainly of a test.
pub(super) fn family(chance: &mut Chance) -> &'static str {
    chance.pick(FAMILIES).copied().unwrap_or("Testsson")
}

/// The `n`-th name of a place; beyond the list with a number.
pub(super) fn place(n: usize) -> String {
    let (round, index) = (n / PLACES.len(), n % PLACES.len());
    if round == 0 { PLACES[index].to_owned() } else { format!("{} {}", PLACES[index], round + 1) }
}
