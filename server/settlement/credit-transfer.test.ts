import { describe, expect, it } from 'vitest';
import { sepaText, writeCreditTransferFile } from './credit-transfer.ts';

const payer = { holder: 'Aurora Viajes S.L.', iban: 'ES9121000418450200051332', bic: null };
const file = {
  messageId: 'P0193000000007000800000000000dead',
  createdAt: new Date('2026-12-01T08:30:15.250Z'),
  executionOn: '2026-12-02',
  payer,
  transfers: [
    {
      endToEndId: '01930000000070008000000000000001',
      amountMinor: 64180,
      payee: { holder: 'Señor & Íñigo <Travel>', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
      remittance: 'ST-000012 2026-11-01 2026-11-30',
    },
    {
      endToEndId: '01930000000070008000000000000002',
      amountMinor: 5,
      payee: { holder: "L'Agence", iban: 'FR1420041010050500013M02606', bic: null },
      remittance: 'ST-000013',
    },
  ],
};

describe('a SEPA file', () => {
  it('is the one the scheme describes, element by element', () => {
    expect(writeCreditTransferFile(file)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr><MsgId>P0193000000007000800000000000dead</MsgId><CreDtTm>2026-12-01T08:30:15</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>641.85</CtrlSum><InitgPty><Nm>Aurora Viajes S.L.</Nm></InitgPty></GrpHdr><PmtInf><PmtInfId>P0193000000007000800000000000dead</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg><NbOfTxs>2</NbOfTxs><CtrlSum>641.85</CtrlSum><PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt><Dt>2026-12-02</Dt></ReqdExctnDt><Dbtr><Nm>Aurora Viajes S.L.</Nm></Dbtr><DbtrAcct><Id><IBAN>ES9121000418450200051332</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr><CdtTrfTxInf><PmtId><EndToEndId>01930000000070008000000000000001</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">641.80</InstdAmt></Amt><CdtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>Senor + Inigo Travel</Nm></Cdtr><CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct><RmtInf><Ustrd>ST-000012 2026-11-01 2026-11-30</Ustrd></RmtInf></CdtTrfTxInf><CdtTrfTxInf><PmtId><EndToEndId>01930000000070008000000000000002</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">0.05</InstdAmt></Amt><Cdtr><Nm>L&apos;Agence</Nm></Cdtr><CdtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></CdtrAcct><RmtInf><Ustrd>ST-000013</Ustrd></RmtInf></CdtTrfTxInf></PmtInf></CstmrCdtTrfInitn></Document>
      "
    `);
  });

  it('has the elements of pain.001.001.09 in the order of its schema, and no other', () => {
    const faults: string[] = [];
    check(parse(writeCreditTransferFile(file)), 'Document', faults);
    expect(faults).toEqual([]);
  });

  it('sums what it holds, once for the message and once for the payment', () => {
    const xml = writeCreditTransferFile(file);
    expect(xml.match(/<CtrlSum>[^<]+/g)).toEqual(['<CtrlSum>641.85', '<CtrlSum>641.85']);
    expect(xml.match(/<NbOfTxs>[^<]+/g)).toEqual(['<NbOfTxs>2', '<NbOfTxs>2']);
  });

  it('holds only characters that every bank takes', () => {
    expect(sepaText('Señor & Íñigo <Travel>', 70)).toBe('Senor + Inigo Travel');
    expect(sepaText('//Straße 5 € ✈ Øst/', 70)).toBe('Strasse 5 Ost');
    expect(sepaText('a'.repeat(200), 140)).toHaveLength(140);
  });
});

interface Element {
  name: string;
  text: string;
  children: Element[];
}

/** The elements of a well-formed document without attributes that matter here. */
function parse(xml: string): Element {
  const root: Element = { name: '', text: '', children: [] };
  const open = [root];
  for (const [, closing, name, text] of xml.matchAll(/<(\/?)([A-Za-z]+)[^>]*>([^<]*)/g)) {
    if (closing) {
      expect(open.pop()?.name).toBe(name);
      continue;
    }
    const element = { name: name ?? '', text: text ?? '', children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  }
  expect(open).toEqual([root]);
  return root;
}

/** Children in order (`?` may be missing, `+` one or more), or the form of the text: as the schema and EPC132-08 have them. */
const SCHEMA: Record<string, string[] | RegExp> = {
  '': ['Document'],
  Document: ['CstmrCdtTrfInitn'],
  CstmrCdtTrfInitn: ['GrpHdr', 'PmtInf+'],
  GrpHdr: ['MsgId', 'CreDtTm', 'NbOfTxs', 'CtrlSum', 'InitgPty'],
  MsgId: /^[A-Za-z0-9/\-?:().,'+ ]{1,35}$/,
  CreDtTm: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
  NbOfTxs: /^\d{1,15}$/,
  CtrlSum: /^\d{1,15}\.\d\d$/,
  InitgPty: ['Nm'],
  Nm: /^[A-Za-z0-9/\-?:().,'+ ]{1,70}$/,
  PmtInf: [
    'PmtInfId',
    'PmtMtd',
    'BtchBookg?',
    'NbOfTxs',
    'CtrlSum',
    'PmtTpInf',
    'ReqdExctnDt',
    'Dbtr',
    'DbtrAcct',
    'DbtrAgt',
    'ChrgBr',
    'CdtTrfTxInf+',
  ],
  PmtInfId: /^\w{1,35}$/,
  PmtMtd: /^TRF$/,
  BtchBookg: /^(true|false)$/,
  PmtTpInf: ['SvcLvl'],
  SvcLvl: ['Cd'],
  Cd: /^SEPA$/,
  ReqdExctnDt: ['Dt'],
  Dt: /^\d{4}-\d\d-\d\d$/,
  Dbtr: ['Nm'],
  DbtrAcct: ['Id'],
  CdtrAcct: ['Id'],
  Id: ['IBAN'],
  IBAN: /^[A-Z]{2}\d\d[A-Z0-9]{1,30}$/,
  DbtrAgt: ['FinInstnId'],
  CdtrAgt: ['FinInstnId'],
  FinInstnId: ['BICFI?', 'Othr?'],
  BICFI: /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/,
  ChrgBr: /^SLEV$/,
  CdtTrfTxInf: ['PmtId', 'Amt', 'CdtrAgt?', 'Cdtr', 'CdtrAcct', 'RmtInf?'],
  PmtId: ['EndToEndId'],
  EndToEndId: /^[\w-]{1,35}$/,
  Amt: ['InstdAmt'],
  InstdAmt: /^(?!0\.00)\d{1,9}\.\d\d$/,
  Cdtr: ['Nm'],
  RmtInf: ['Ustrd'],
  Ustrd: /^[A-Za-z0-9/\-?:().,'+ ]{1,140}$/,
};

function check(element: Element, where: string, faults: string[]): void {
  const rule = SCHEMA[element.name];
  // The bank of an account without BIC.
  if (element.name === 'Othr') return void expect(element.children[0]?.text).toBe('NOTPROVIDED');
  if (rule instanceof RegExp) {
    if (!rule.test(element.text.replaceAll('&apos;', "'"))) faults.push(`${where}: ${element.text}`);
    return;
  }
  const left = element.children.map(({ name }) => name);
  for (const item of rule ?? []) {
    const name = item.replace(/[?+]$/, '');
    let count = 0;
    while (left[0] === name && (count === 0 || item.endsWith('+'))) count += left.splice(0, 1).length;
    if (count === 0 && !item.endsWith('?')) faults.push(`${where}: ${name} is missing`);
  }
  if (!rule || left.length > 0) faults.push(`${where}: unexpected ${left.join(', ') || element.name}`);
  for (const child of element.children) check(child, `${where}/${child.name}`, faults);
}
