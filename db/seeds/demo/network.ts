// The demo world: two resellers; the first with an agency that sells under its own brand, and a sub-agency below it.
export interface DemoAgency {
  key: string;
  parent: string | null;
  name: string;
  legalName: string;
  taxId: string;
  tier: 'bronze' | 'silver' | 'gold' | 'platinum';
  topUpMinor: number;
  creditLimitMinor: number;
  rule: {
    name: string;
    value:
      { kind: 'fixed'; amountMinor: number; per: 'booking' } | { kind: 'percent'; basisPoints: number; of: 'total' };
  };
  brand?: {
    hostname: string;
    name: string;
    theme: string;
    legal: Record<string, string>;
    settings?: Record<string, string>;
  };
}

export interface DemoReseller {
  slug: string;
  name: string;
  host: string;
  theme: string;
  legal: Record<string, string>;
  rule: { name: string; basisPoints: number };
  agencies: DemoAgency[];
  people: Array<{
    mailbox: string;
    givenName: string;
    familyName: string;
    role: 'reseller_admin' | 'agency_admin' | 'agent' | 'customer';
    agency: string | null;
  }>;
}

const legal = (companyName: string, taxId: string, address: string, licence: string, domain: string) => ({
  companyName,
  taxId,
  address,
  licence,
  email: `hello@${domain}.test`,
  phone: '+34 910 000 000',
});

/** Agency and sub-agency of a reseller, in the words of money.md: A is gold and marks up 5.00, B is silver and marks up 2 %. */
const network = (
  a: { name: string; legalName: string; taxId: string; brand?: DemoAgency['brand'] },
  b: { name: string; legalName: string; taxId: string },
): DemoAgency[] => [
  {
    key: 'a',
    parent: null,
    ...a,
    tier: 'gold',
    topUpMinor: 1_500_000,
    creditLimitMinor: 500_000,
    rule: { name: 'Service fee', value: { kind: 'fixed', amountMinor: 500, per: 'booking' } },
  },
  {
    key: 'b',
    parent: 'a',
    ...b,
    tier: 'silver',
    topUpMinor: 800_000,
    creditLimitMinor: 200_000,
    rule: { name: 'Standard 2 %', value: { kind: 'percent', basisPoints: 200, of: 'total' } },
  },
];

const people = (
  names: Record<'admin' | 'agent' | 'subagent' | 'customer', [string, string]>,
): DemoReseller['people'] => [
  { mailbox: 'admin', givenName: names.admin[0], familyName: names.admin[1], role: 'reseller_admin', agency: null },
  { mailbox: 'agent', givenName: names.agent[0], familyName: names.agent[1], role: 'agency_admin', agency: 'a' },
  { mailbox: 'subagent', givenName: names.subagent[0], familyName: names.subagent[1], role: 'agent', agency: 'b' },
  { mailbox: 'customer', givenName: names.customer[0], familyName: names.customer[1], role: 'customer', agency: null },
];

export const demoResellers: DemoReseller[] = [
  {
    slug: 'aurora',
    name: 'Aurora Travel',
    host: 'aurora.localhost',
    theme: 'meridiano',
    legal: legal(
      'Aurora Travel Network, S.L.',
      'B58818501',
      'Calle de Alcalá 45, 28014 Madrid',
      'CICMA 4521',
      'aurora',
    ),
    rule: { name: 'Standard 15 %', basisPoints: 1500 },
    agencies: network(
      {
        name: 'Sol Viajes',
        legalName: 'Sol Viajes, S.A.',
        taxId: 'A28015865',
        brand: {
          hostname: 'sol.localhost',
          name: 'Sol Viajes',
          theme: 'marea',
          legal: legal('Sol Viajes, S.A.', 'A28015865', 'Avenida del Puerto 12, 46021 València', 'CV-m1723-V', 'sol'),
        },
      },
      { name: 'Luna Escapes', legalName: 'Luna Escapes, S.L.', taxId: 'B12345674' },
    ),
    people: people({
      admin: ['Elena', 'Marín'],
      agent: ['Javier', 'Costa'],
      subagent: ['Lucía', 'Ferrer'],
      customer: ['Clara', 'Vidal'],
    }),
  },
  {
    slug: 'meridian',
    name: 'Meridian Voyages',
    host: 'meridian.localhost',
    theme: 'marea',
    legal: legal('Meridian Voyages, S.L.', 'A08663619', 'Passeig de Gràcia 90, 08008 Barcelona', 'GC-4210', 'meridian'),
    rule: { name: 'Standard 12 %', basisPoints: 1200 },
    agencies: network(
      { name: 'Brújula Viatges', legalName: 'Brújula Viatges, S.A.', taxId: 'A08663619' },
      { name: 'Petit Port', legalName: 'Petit Port, S.L.', taxId: 'B58818501' },
    ),
    people: people({
      admin: ['Marc', 'Soler'],
      agent: ['Núria', 'Pons'],
      subagent: ['Pau', 'Riera'],
      customer: ['Anna', 'Coll'],
    }),
  },
];
