//! Names of people, streets and goods. `display|ascii` gives the spelling used in addresses where folding accents off
//! would not do.

pub(super) struct Country {
    pub(super) code: &'static str,
    pub(super) language: &'static str,
    /// Digits after which five more make a number from a range set aside for fiction, or close to one.
    pub(super) phone: &'static str,
    pub(super) places: &'static [Place],
    pub(super) streets: &'static [&'static str],
    /// Number first ("12 rue Haute") or last ("Lange Gasse 12").
    pub(super) number_first: bool,
    pub(super) women: &'static [&'static str],
    pub(super) men: &'static [&'static str],
    pub(super) families: &'static [&'static str],
    /// Hundredths of all customers.
    pub(super) weight: u64,
}

/// A city, the digits its postal codes begin with, and its zone.
#[derive(Clone, Copy)]
pub(super) struct Place(pub(super) &'static str, pub(super) &'static str, pub(super) &'static str);

const PARIS: &str = "Europe/Paris";
const BERLIN: &str = "Europe/Berlin";
const LONDON: &str = "Europe/London";

pub(super) static COUNTRIES: [Country; 12] = [
    Country {
        code: "FR",
        language: "fr",
        phone: "+336399",
        weight: 24,
        number_first: true,
        places: &[
            Place("Paris", "750", PARIS),
            Place("Lyon", "690", PARIS),
            Place("Marseille", "130", PARIS),
            Place("Nîmes", "300", PARIS),
            Place("Besançon", "250", PARIS),
            Place("Saint-Étienne", "420", PARIS),
            Place("L'Haÿ-les-Roses", "942", PARIS),
        ],
        streets: &[
            "rue de la République",
            "avenue Victor-Hugo",
            "rue des Écoles",
            "place de l'Église",
            "boulevard Voltaire",
            "rue Haute",
            "chemin des Vignes",
        ],
        women: &[
            "Camille",
            "Chloé",
            "Léa",
            "Manon",
            "Inès",
            "Zoé",
            "Élodie",
            "Anaïs",
            "Françoise",
            "Maëlle",
            "Hélène",
            "Noémie",
        ],
        men: &[
            "Lucas",
            "Hugo",
            "Théo",
            "Jérôme",
            "François",
            "Noël",
            "Gaël",
            "Étienne",
            "Mathis",
            "Rémi",
            "Benoît",
            "Loïc",
        ],
        families: &[
            "Martin",
            "Bernard",
            "Dubois",
            "Lefèvre",
            "Garçon",
            "Noël",
            "D'Aubigné",
            "L'Hôpital",
            "Müller-Petit",
            "Gauthier",
            "Perrin",
            "Béranger",
            "Chevallier",
            "Fontaine",
            "Rousseau",
            "Benoît",
        ],
    },
    Country {
        code: "DE",
        language: "de",
        phone: "+491713",
        weight: 18,
        number_first: false,
        places: &[
            Place("Berlin", "10", BERLIN),
            Place("München", "80", BERLIN),
            Place("Köln", "50", BERLIN),
            Place("Düsseldorf", "40", BERLIN),
            Place("Leipzig", "04", BERLIN),
            Place("Würzburg", "97", BERLIN),
        ],
        streets: &["Hauptstraße", "Lange Gasse", "Gartenweg", "Schillerplatz", "Müllerstraße", "Am Bühl"],
        women: &["Anna", "Lena", "Jürgine", "Käthe", "Sofie", "Marlene", "Bärbel", "Heike", "Frieda", "Greta"],
        men: &["Jürgen", "Lukas", "Jörg", "Felix", "Matthäus", "Björn", "Paul", "Götz", "Karl", "Emil"],
        families: &[
            "Müller",
            "Schmidt",
            "Schröder",
            "Weiß",
            "Köhler",
            "Groß",
            "Krämer",
            "von der Heide",
            "Jäger",
            "Vogel",
            "Böhm",
            "Lange",
            "Großmann",
            "Fischer",
        ],
    },
    Country {
        code: "GB",
        language: "en",
        phone: "+447700900",
        weight: 14,
        number_first: true,
        places: &[
            Place("London", "SW1", LONDON),
            Place("Leeds", "LS1", LONDON),
            Place("Bristol", "BS1", LONDON),
            Place("Glasgow", "G1", LONDON),
            Place("King's Lynn", "PE30", LONDON),
        ],
        streets: &["High Street", "Station Road", "Church Lane", "Queen's Road", "Mill Close", "St John's Avenue"],
        women: &["Olivia", "Amelia", "Grace", "Zoë", "Charlotte", "Priya", "Siân", "Emily", "Florence"],
        men: &["Oliver", "George", "Harry", "Arjun", "Jack", "Dylan", "Rhys", "Thomas", "Muhammad"],
        families: &[
            "Smith", "Jones", "O'Connor", "Taylor", "Patel", "Hughes", "McDonald", "Brontë", "Wright", "Khan",
            "Thompson", "Ap-Rhys", "Walker", "Evans",
        ],
    },
    Country {
        code: "US",
        language: "en",
        phone: "+12025550",
        weight: 14,
        number_first: true,
        places: &[
            Place("New York", "100", "America/New_York"),
            Place("Chicago", "606", "America/Chicago"),
            Place("Denver", "802", "America/Denver"),
            Place("San José", "951", "America/Los_Angeles"),
            Place("Coeur d'Alene", "838", "America/Los_Angeles"),
        ],
        streets: &[
            "Main Street",
            "Oak Avenue",
            "Maple Drive",
            "2nd Street",
            "Lincoln Boulevard",
            "Martin Luther King Jr. Way",
        ],
        women: &["Emma", "Ava", "Sofía", "Mia", "Harper", "Renée", "Aaliyah", "Madison", "Beyoncé"],
        men: &["Liam", "Noah", "José", "Ethan", "Mason", "D'Andre", "Jayden", "Logan", "Raúl"],
        families: &[
            "Johnson",
            "Williams",
            "García",
            "O'Brien",
            "Nguyen",
            "Davis",
            "Rodríguez",
            "Washington",
            "Lee",
            "Peña",
            "Jackson",
            "Van Dyke",
            "Miller",
            "Brown",
        ],
    },
    Country {
        code: "ES",
        language: "es",
        phone: "+346555",
        weight: 8,
        number_first: false,
        places: &[
            Place("Madrid", "280", "Europe/Madrid"),
            Place("Málaga", "290", "Europe/Madrid"),
            Place("A Coruña", "150", "Europe/Madrid"),
            Place("Las Palmas", "350", "Atlantic/Canary"),
        ],
        streets: &["Calle Mayor", "Avenida de América", "Plaza de España", "Calle del Niño Jesús"],
        women: &["Lucía", "María", "Begoña", "Ángela", "Carmen", "Núria", "Inés"],
        men: &["Íñigo", "Álvaro", "José María", "Adrián", "Martín", "Óscar", "Andrés"],
        families: &["Fernández", "Núñez", "Muñoz", "Ibáñez", "Peña", "López", "Martínez", "Güell", "Ruiz"],
    },
    Country {
        code: "IT",
        language: "it",
        phone: "+393205",
        weight: 8,
        number_first: false,
        places: &[
            Place("Roma", "001", "Europe/Rome"),
            Place("Milano", "201", "Europe/Rome"),
            Place("Forlì", "471", "Europe/Rome"),
            Place("L'Aquila", "671", "Europe/Rome"),
        ],
        streets: &["Via Roma", "Corso Italia", "Piazza dell'Unità", "Viale della Libertà"],
        women: &["Giulia", "Sofia", "Niccolina", "Chiara", "Beatrice", "Libertà"],
        men: &["Nicolò", "Matteo", "Giosuè", "Lorenzo", "Andrea", "Davide"],
        families: &["D'Angelo", "Dell'Acqua", "Rossi", "Nicolò", "De Luca", "Esposito", "Conti", "Dall'Ò"],
    },
    Country {
        code: "NL",
        language: "nl",
        phone: "+316555",
        weight: 4,
        number_first: false,
        places: &[
            Place("Amsterdam", "10", "Europe/Amsterdam"),
            Place("Utrecht", "35", "Europe/Amsterdam"),
            Place("'s-Hertogenbosch", "52", "Europe/Amsterdam"),
        ],
        streets: &["Dorpsstraat", "Kerklaan", "'t Hofje", "Prinsengracht"],
        women: &["Saskia", "Noor", "Renée", "Fenna", "Loïs"],
        men: &["Daan", "Sem", "Thijs", "André", "Jan-Willem"],
        families: &["de Vries", "van 't Hof", "Jansen", "van den Berg", "Coëlho", "Bakker"],
    },
    Country {
        code: "IE",
        language: "en",
        phone: "+353205",
        weight: 3,
        number_first: true,
        places: &[
            Place("Dublin", "D0", "Europe/Dublin"),
            Place("Dún Laoghaire", "A9", "Europe/Dublin"),
            Place("Cork", "T1", "Europe/Dublin"),
        ],
        streets: &["O'Connell Street", "Patrick's Hill", "Quay Road"],
        women: &["Aoife", "Sinéad", "Gráinne", "Órla", "Ciara"],
        men: &["Séamus", "Pádraig", "Cillian", "Eoin", "Tadhg"],
        families: &["O'Sullivan", "Ó Briain", "Murphy", "O'Neill", "Ní Dhomhnaill", "Byrne"],
    },
    Country {
        code: "PL",
        language: "pl",
        phone: "+48500",
        weight: 3,
        number_first: false,
        places: &[
            Place("Warszawa", "00", "Europe/Warsaw"),
            Place("Kraków", "30", "Europe/Warsaw"),
            Place("Łódź", "90", "Europe/Warsaw"),
        ],
        streets: &["ul. Długa", "ul. Świętokrzyska", "al. Jerozolimskie"],
        women: &["Zofia", "Małgorzata", "Łucja", "Agnieszka"],
        men: &["Stanisław", "Łukasz", "Paweł", "Grzegorz"],
        families: &["Kowalski", "Wójcik", "Żak", "Dąbrowski", "Święcicki"],
    },
    Country {
        code: "JP",
        language: "ja",
        phone: "+81905550",
        weight: 2,
        number_first: false,
        places: &[Place("東京", "100", "Asia/Tokyo"), Place("大阪", "530", "Asia/Tokyo")],
        streets: &["桜通り", "本町", "中央一丁目"],
        women: &["陽菜|hina", "さくら|sakura", "美咲|misaki", "結衣|yui"],
        men: &["太郎|taro", "翔太|shota", "大輔|daisuke", "蓮|ren"],
        families: &["佐藤|sato", "鈴木|suzuki", "高橋|takahashi", "田中|tanaka", "渡辺|watanabe"],
    },
    Country {
        code: "CN",
        language: "zh",
        phone: "+861355",
        weight: 1,
        number_first: false,
        places: &[Place("上海", "200", "Asia/Shanghai"), Place("北京", "100", "Asia/Shanghai")],
        streets: &["南京路", "人民大道", "中山路"],
        women: &["芳|fang", "丽娜|lina", "秀英|xiuying"],
        men: &["伟|wei", "强|qiang", "建国|jianguo"],
        families: &["王|wang", "李|li", "张|zhang", "欧阳|ouyang"],
    },
    Country {
        code: "SE",
        language: "sv",
        phone: "+467017",
        weight: 1,
        number_first: false,
        places: &[
            Place("Stockholm", "11", "Europe/Stockholm"),
            Place("Malmö", "21", "Europe/Stockholm"),
            Place("Göteborg", "41", "Europe/Stockholm"),
        ],
        streets: &["Storgatan", "Kungsgatan", "Sjövägen"],
        women: &["Åsa", "Märta", "Linnéa"],
        men: &["Björn", "Håkan", "Sören"],
        families: &["Åkesson", "Lindström", "Öberg", "Andersson"],
    },
];

/// The form shown, and the form in e-mail addresses (lower-case ASCII letters and digits).
pub(super) fn forms(name: &'static str) -> (&'static str, String) {
    match name.split_once('|') {
        Some((shown, ascii)) => (shown, ascii.to_owned()),
        None => (name, fold(name)),
    }
}

fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        let letters = match c {
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' => "a",
            'ä' | 'æ' => "ae",
            'ç' | 'ć' => "c",
            'è' | 'é' | 'ê' | 'ë' | 'ę' => "e",
            'ì' | 'í' | 'î' | 'ï' => "i",
            'ł' => "l",
            'ñ' | 'ń' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
            'ö' | 'œ' => "oe",
            'ś' => "s",
            'ß' => "ss",
            'ù' | 'ú' | 'û' => "u",
            'ü' => "ue",
            'ý' | 'ÿ' => "y",
            'ż' | 'ź' => "z",
            c if c.is_ascii_alphanumeric() => {
                folded.push(c);
                continue;
            }
            _ => continue,
        };
        folded.push_str(letters);
    }
    folded
}

/// A department: what it sells, of what kinds, and for how much (lowest and highest price in cents).
pub(super) struct Department {
    pub(super) name: &'static str,
    pub(super) kinds: &'static [&'static str],
    pub(super) goods: &'static [&'static str],
    pub(super) brands: &'static [&'static str],
    pub(super) cents: (u64, u64),
}

pub(super) const DEPARTMENTS: [Department; 12] = [
    Department {
        name: "garden",
        kinds: &["Steel", "Folding", "Long-handled", "Cedar", "Frost-proof"],
        goods: &["Rake", "Pruning Saw", "Raised Bed", "Watering Can", "Hose Reel", "Parasol", "Planter"],
        brands: &["Fernhill", "Grünwerk", "Petit Potager"],
        cents: (590, 24_900),
    },
    Department {
        name: "kitchen",
        kinds: &["Cast-iron", "Copper", "Enamel", "Bamboo", "Stainless"],
        goods: &["Casserole", "Chef's Knife", "Whisk", "Cutting Board", "Kettle", "Crêpe Pan", "Mandoline"],
        brands: &["Maison Élan", "Hearth & Co", "Nordlys"],
        cents: (490, 32_900),
    },
    Department {
        name: "books",
        kinds: &["Illustrated", "Pocket", "Complete", "New", "Annotated"],
        goods: &["Atlas", "Cookbook", "Novel", "Field Guide", "Poems", "Travel Diary"],
        brands: &["Lanterne", "Blue Heron Press", "Quai 9"],
        cents: (590, 5_900),
    },
    Department {
        name: "toys",
        kinds: &["Wooden", "Magnetic", "Giant", "Glow", "Classic"],
        goods: &["Train Set", "Puzzle", "Building Blocks", "Kite", "Dollhouse", "Marble Run"],
        brands: &["Kleine Welt", "Pip & Pop", "Sol Júnior"],
        cents: (790, 12_900),
    },
    Department {
        name: "electronics",
        kinds: &["Wireless", "Compact", "4K", "Noise-cancelling", "Solar"],
        goods: &["Headphones", "Speaker", "Webcam", "Power Bank", "Radio", "Keyboard", "Monitor"],
        brands: &["Voltaro", "Akari", "Pixel & Sons"],
        cents: (1_490, 89_900),
    },
    Department {
        name: "sports",
        kinds: &["Trail", "Carbon", "Junior", "All-weather", "Pro"],
        goods: &["Running Shoes", "Tent", "Yoga Mat", "Bike Helmet", "Rowing Gloves", "Backpack"],
        brands: &["Summit 8", "Courant", "Isbjørn"],
        cents: (990, 39_900),
    },
    Department {
        name: "beauty",
        kinds: &["Gentle", "Rose", "Vitamin C", "Overnight", "Mineral"],
        goods: &["Face Cream", "Shampoo", "Hand Balm", "Sunscreen", "Serum", "Lip Tint"],
        brands: &["Aube", "Hanami", "Saltwater"],
        cents: (390, 7_900),
    },
    Department {
        name: "fashion",
        kinds: &["Linen", "Merino", "Organic Cotton", "Quilted", "Striped"],
        goods: &["Shirt", "Cardigan", "Raincoat", "Scarf", "Chinos", "Summer Dress"],
        brands: &["Atelier Nord", "O'Hara", "Calle 12"],
        cents: (1_290, 29_900),
    },
    Department {
        name: "home",
        kinds: &["Oak", "Velvet", "Hand-woven", "Round", "Rattan"],
        goods: &["Side Table", "Cushion", "Rug", "Floor Lamp", "Mirror", "Bookshelf"],
        brands: &["Hygge Haus", "Rive Gauche", "Plain & Simple"],
        cents: (990, 59_900),
    },
    Department {
        name: "pets",
        kinds: &["Soft", "Chew-proof", "Grain-free", "Reflective", "Cosy"],
        goods: &["Dog Bed", "Cat Tree", "Lead", "Treats", "Carrier", "Bird Feeder"],
        brands: &["Wagtail", "Minou", "Good Boy"],
        cents: (290, 14_900),
    },
    Department {
        name: "food",
        kinds: &["Single-origin", "Smoked", "Organic", "Aged", "Spicy"],
        goods: &["Coffee", "Olive Oil", "Chocolate", "Tea", "Mustard", "Honey"],
        brands: &["Café Lumière", "Finca Peña", "Moor & Meadow"],
        cents: (290, 4_900),
    },
    Department {
        name: "office",
        kinds: &["Recycled", "Leather", "Ergonomic", "A5", "Magnetic"],
        goods: &["Notebook", "Desk Lamp", "Chair", "Fountain Pen", "Planner", "Whiteboard"],
        brands: &["Plume", "Schreibwerk", "Ledger & Line"],
        cents: (190, 34_900),
    },
];

/// What tells apart products of one brand, kind and use.
pub(super) const SERIES: [&str; 24] = [
    "Alba", "Brisa", "Cirrus", "Dune", "Écho", "Fjord", "Gala", "Hazel", "Iris", "Jade", "Kelp", "Luna", "Mistral",
    "Nova", "Opal", "Pluie", "Quartz", "Rowan", "Søl", "Tansy", "Umbra", "Vela", "Wren", "Zephyr",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_an_ascii_form() {
        for country in &COUNTRIES {
            for name in country.women.iter().chain(country.men).chain(country.families) {
                let (shown, ascii) = forms(name);
                assert!(!shown.is_empty() && !shown.contains('|'));
                assert!(ascii.len() >= 2 && ascii.bytes().all(|b| b.is_ascii_lowercase()), "{name} {ascii}");
            }
        }
        assert_eq!(COUNTRIES.iter().map(|c| c.weight).sum::<u64>(), 100);
        assert_eq!(forms("L'Hôpital").1, "lhopital");
        assert_eq!(forms("佐藤|sato"), ("佐藤", "sato".into()));
    }
}
