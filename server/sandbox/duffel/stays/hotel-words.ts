/** Vocabulary for invented hotels. None of them exists. */
export interface Vocabulary {
  names: readonly string[];
  patterns: readonly string[];
  streets: readonly string[];
  streetPattern: string;
}

const iberian: Vocabulary = {
  names: ['Almenara', 'Azahar', 'Buganvilla', 'Cierzo', 'Duende', 'Espadaña', 'Gavilán', 'Jacaranda', 'Levante', 'Madreselva', 'Nogal', 'Olivares', 'Poniente', 'Romero', 'Solana', 'Tramontana', 'Vega', 'Zaguán'],
  patterns: ['Hotel {n}', 'Casa {n}', 'Gran Hotel {n}', '{n} Boutique', 'Hospedería {n}', 'Palacio {n}', '{n} Suites', 'Hostal {n}'],
  streets: ['de los Olmos', 'del Mirador', 'de la Fuente', 'de las Acacias', 'del Molino', 'de la Luna', 'de los Faroles', 'del Jardín'],
  streetPattern: 'Calle {s} {n}',
};
const portuguese: Vocabulary = {
  ...iberian,
  names: ['Alfazema', 'Andorinha', 'Azulejo', 'Brisa', 'Caravela', 'Farol', 'Girassol', 'Laranjal', 'Maresia', 'Oliveira', 'Pérgola', 'Ribeira', 'Saudade', 'Varanda', 'Vidoeiro'],
  patterns: ['Hotel {n}', 'Casa da {n}', 'Palácio {n}', '{n} Boutique', 'Pousada {n}', '{n} Suites', 'Residencial {n}'],
  streets: ['das Flores', 'do Carmo', 'da Esperança', 'dos Navegantes', 'do Castelo', 'das Oliveiras'],
  streetPattern: 'Rua {s} {n}',
};
const italian: Vocabulary = {
  names: ['Aurora', 'Belvedere', 'Ciliegio', 'Dorica', 'Edera', 'Fontana', 'Ginestra', 'Lanterna', 'Mimosa', 'Oleandro', 'Pergola', 'Quercia', 'Rondine', 'Serena', 'Tiglio', 'Vigna'],
  patterns: ['Hotel {n}', 'Albergo {n}', 'Palazzo {n}', 'Residenza {n}', '{n} Suites', 'Villa {n}', 'Locanda {n}', 'Grand Hotel {n}'],
  streets: ['dei Glicini', 'della Lanterna', 'dei Fornai', 'delle Rondini', 'del Giardino', 'degli Orafi', 'della Seta'],
  streetPattern: 'Via {s} {n}',
};
const french: Vocabulary = {
  names: ['des Alizés', 'du Cèdre', "de l'Étoile Filante", 'des Glycines', 'du Jardin Clos', 'de la Lanterne', 'du Marronnier', 'des Ormes', 'de la Passerelle', 'du Quai Fleuri', 'des Tilleuls', 'de la Verrière', 'du Vieux Puits', 'des Lavandes'],
  patterns: ['Hôtel {n}', 'Maison {n}', 'Grand Hôtel {n}', 'Résidence {n}', 'Auberge {n}', 'Suites {n}'],
  streets: ['des Lilas', 'du Moulin', 'de la Cerisaie', 'des Tanneurs', 'du Vieux Pont', 'des Saules'],
  streetPattern: '{n} rue {s}',
};
const german: Vocabulary = {
  names: ['Ahorn', 'Birkenhof', 'Eichgarten', 'Falkenstein', 'Goldregen', 'Himmelblau', 'Kastanie', 'Lindenhof', 'Mühlbach', 'Rosenau', 'Seeblick', 'Turmfalke', 'Weidenhof', 'Zirbel'],
  patterns: ['Hotel {n}', 'Gasthof {n}', 'Haus {n}', '{n} Suites', 'Parkhotel {n}', 'Boutiquehotel {n}'],
  streets: ['Linden', 'Mühl', 'Rosen', 'Garten', 'Brunnen', 'Kastanien'],
  streetPattern: '{s}straße {n}',
};
const english: Vocabulary = {
  names: ['Alder', 'Beacon', 'Copperfield', 'Driftwood', 'Elmhurst', 'Foxglove', 'Greystone', 'Harbourlight', 'Ivybridge', 'Juniper', 'Kingfisher', 'Larkspur', 'Meridian', 'Northgate', 'Orchard', 'Pemberton', 'Quayside', 'Rookwood', 'Sycamore', 'Thornbury'],
  patterns: ['The {n} Hotel', '{n} House', 'The {n}', '{n} Suites', '{n} Inn', 'Hotel {n}', '{n} & Lane', 'The Grand {n}'],
  streets: ['Orchard', 'Mill', 'Garden', 'Chapel', 'Market', 'Willow', 'Station', 'Harbour'],
  streetPattern: '{n} {s} Street',
};
const northern: Vocabulary = {
  ...english,
  names: ['Bjørk', 'Dalen', 'Fjell', 'Granskog', 'Havn', 'Isbre', 'Lyng', 'Måke', 'Nordlys', 'Solsikke', 'Strand', 'Tinde', 'Vinter', 'Øyen'],
  patterns: ['Hotel {n}', '{n} Hotell', '{n} House', '{n} Suites', 'Villa {n}', 'Grand {n}'],
};
const eastern: Vocabulary = {
  ...english,
  names: ['Azure Lantern', 'Bamboo Court', 'Camellia', 'Cedar Gate', 'Crane', 'Jade Terrace', 'Lotus', 'Magnolia', 'Moonbridge', 'Paper Lantern', 'Pine', 'Saffron', 'Silk Yard', 'Stone Garden', 'Tea House'],
  patterns: ['Hotel {n}', '{n} Residence', 'The {n}', '{n} Suites', '{n} Grand', '{n} Inn'],
};
const southern: Vocabulary = {
  ...english,
  names: ['Amber Court', 'Date Palm', 'Fountain Court', 'Gazelle', 'Jasmine', 'Oasis', 'Orange Blossom', 'Palm Grove', 'Pearl', 'Pomegranate', 'Saffron Gate', 'Tamarind', 'White Dune', 'Acacia'],
  patterns: ['Hotel {n}', '{n} Palace', 'The {n}', '{n} Suites', 'Riad {n}', '{n} Residence'],
};

const byCountry: Readonly<Record<string, Vocabulary>> = {
  ES: iberian, MX: iberian, DO: iberian, CO: iberian, PE: iberian, AR: iberian, PT: portuguese, BR: portuguese, IT: italian, FR: french, BE: french, CH: german, DE: german, AT: german,
  DK: northern, SE: northern, NO: northern, FI: northern, IS: northern, JP: eastern, SG: eastern, TH: eastern, ID: eastern, HK: eastern, MA: southern, EG: southern, AE: southern, TR: southern, KE: southern,
};

export const vocabularyOf = (country: string): Vocabulary => byCountry[country] ?? english;

/** Nightly price level of a country against Spain, in percent. */
export const priceLevels: Readonly<Record<string, number>> = {
  CH: 185, US: 175, GB: 155, FR: 145, IS: 165, NO: 145, DK: 145, SE: 125, FI: 120, NL: 150, AE: 130, SG: 145, HK: 140, JP: 120, AU: 130, CA: 130, IE: 145, IT: 130, DE: 115, AT: 120, BE: 118,
  ES: 100, PT: 98, GR: 105, CZ: 85, HU: 80, PL: 78, TR: 70, MA: 65, EG: 55, TH: 60, ID: 62, KE: 72, ZA: 74, MX: 82, CO: 62, PE: 64, AR: 70, BR: 78, DO: 95,
};

/** Tourist tax or resort fee paid at the property: minor units of the local currency, per adult and night or per room and night. */
export const localCharges: Readonly<Record<string, { title: string; amount: number; per: 'adult' | 'room' }>> = {
  ROM: { title: 'City tax', amount: 600, per: 'adult' }, BCN: { title: 'City tax', amount: 500, per: 'adult' }, PAR: { title: 'City tax', amount: 565, per: 'adult' },
  LIS: { title: 'City tax', amount: 400, per: 'adult' }, OPO: { title: 'City tax', amount: 300, per: 'adult' }, BER: { title: 'City tax', amount: 750, per: 'room' },
  AMS: { title: 'City tax', amount: 1250, per: 'adult' }, VCE: { title: 'City tax', amount: 450, per: 'adult' }, MIL: { title: 'City tax', amount: 630, per: 'adult' },
  FLR: { title: 'City tax', amount: 600, per: 'adult' }, NAP: { title: 'City tax', amount: 450, per: 'adult' }, VIE: { title: 'City tax', amount: 340, per: 'adult' },
  PRG: { title: 'City tax', amount: 5000, per: 'adult' }, PMI: { title: 'Sustainable tourism tax', amount: 300, per: 'adult' }, BRU: { title: 'City tax', amount: 425, per: 'room' },
  ATH: { title: 'Climate charge', amount: 700, per: 'room' }, JTR: { title: 'Climate charge', amount: 700, per: 'room' }, DXB: { title: 'Tourism dirham', amount: 2000, per: 'room' },
  NYC: { title: 'Occupancy fee', amount: 350, per: 'room' }, QMI: { title: 'Resort fee', amount: 3500, per: 'room' }, LAS: { title: 'Resort fee', amount: 3900, per: 'room' },
  TYO: { title: 'Accommodation tax', amount: 200, per: 'adult' }, DPS: { title: 'Tourist levy', amount: 1_500_000, per: 'adult' }, ZRH: { title: 'City tax', amount: 350, per: 'adult' },
  GVA: { title: 'City tax', amount: 375, per: 'adult' }, EDI: { title: 'Visitor levy', amount: 500, per: 'room' }, RAK: { title: 'City tax', amount: 3000, per: 'adult' }, CUN: { title: 'Environmental fee', amount: 7800, per: 'room' },
};
