import { describe, expect, it } from 'vitest';
import { huellaOfAlta } from './huella.ts';
import type { InvoiceRow } from '../repository.ts';
import { brokenLink, hashOf, lacksRecipientId, madridTime, qrUrl, type VerifactuRecord } from './record.ts';
import { renderRecord } from './render-record.ts';

const first = {
  nif: '89890001K',
  number: '12345678/G33',
  issuedOn: '01-01-2024',
  type: 'F1',
  taxTotal: '12.35',
  total: '123.45',
  previousHash: '',
  generatedAt: '2024-01-01T19:20:30+01:00',
};

describe('the huella', () => {
  it('is what the tax agency’s own examples say: first, chained', () => {
    const one = huellaOfAlta(first);
    expect(one).toBe('3C464DAF61ACB827C65FDA19F352A4E3BDC2C640E9E9FC4CC058073F38F12F60');
    const two = huellaOfAlta({
      ...first,
      number: '12345679/G34',
      previousHash: one,
      generatedAt: '2024-01-01T19:20:35+01:00',
    });
    expect(two).toBe('F7B94CFD8924EDFF273501B01EE5153E4CE8F259766F88CF6ACB8935802A2B97');
  });
});

describe('a chain', () => {
  const chain: VerifactuRecord[] = [];
  for (let sequence = 1; sequence <= 6; sequence++) {
    const record = {
      id: `r${sequence}`,
      nif: 'A28015865',
      sequence,
      invoice_id: `i${sequence}`,
      number: `F-2026-00000${sequence}`,
      issued_on: '2026-11-24',
      type: 'F1' as const,
      base_minor: 3281,
      exempt_minor: 0,
      tax_minor: 689,
      total_minor: 23970,
      rate_bp: 2100,
      generated_at: '2026-11-24T13:00:00+01:00',
      remits: false,
      previous_hash: chain.at(-1)?.hash ?? '',
    };
    chain.push({ ...record, hash: hashOf(record) });
  }
  const start = { sequence: 0, hash: '' };

  it('holds, and names the first link that was changed, left out or put elsewhere', () => {
    expect(brokenLink(chain, start)).toBeUndefined();
    const changed = chain.map((record, i) => (i === 2 ? { ...record, total_minor: 1 } : record));
    expect(brokenLink(changed, start)).toBe(3);
    expect(brokenLink(chain.toSpliced(3, 1), start)).toBe(4);
    const rehashed = chain.map((record, i) =>
      i === 2 ? { ...record, total_minor: 1, hash: hashOf({ ...record, total_minor: 1 }) } : record,
    );
    expect(brokenLink(rehashed, start)).toBe(4);
  });
});

it('the code opens the agency’s page with escaped fields, of the kind that fits', () => {
  const record = {
    nif: '89890001K',
    number: '12345678&G33',
    issued_on: '2024-01-01',
    total_minor: 24140,
    remits: true,
  };
  expect(qrUrl(record)).toBe(
    'https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQR?nif=89890001K&numserie=12345678%26G33&fecha=01-01-2024&importe=241.40',
  );
  expect(qrUrl({ ...record, remits: false })).toContain('/ValidarQRNoVerifactu?');
});

it('times are Madrid’s, in winter and in summer', () => {
  expect(madridTime(new Date('2026-11-24T12:00:00Z'))).toBe('2026-11-24T13:00:00+01:00');
  expect(madridTime(new Date('2026-07-01T22:30:05Z'))).toBe('2026-07-02T00:30:05+02:00');
});

it('an F1 to somebody without a tax id says what it lacks, and an F2 lacks nothing', () => {
  const customer = { name: 'Ana Prieto', taxId: null, address: null, email: null, agencyId: null };
  const fields = {
    id: 'r1',
    nif: 'A28015865',
    sequence: 1,
    invoice_id: 'i1',
    number: 'F-2026-000001',
    issued_on: '2026-11-24',
    base_minor: 3281,
    exempt_minor: 0,
    tax_minor: 689,
    total_minor: 43970,
    rate_bp: 2100,
    generated_at: '2026-11-24T13:00:00+01:00',
    remits: false,
    previous_hash: '',
  };
  const xmlOf = (type: 'F1' | 'F2', taxId: string | null) => {
    const record = { ...fields, type };
    const invoice = {
      issuer: { ...customer, name: 'Meridiano SA', taxId: 'A28015865' },
      customer: { ...customer, taxId },
      lines: [{ description: 'Flight', quantity: 1, amountMinor: 43970 }],
    };
    return renderRecord({ ...record, hash: hashOf(record) }, invoice as unknown as InvoiceRow, undefined);
  };
  expect(xmlOf('F1', null)).toMatch(/^<\?xml [^>]*>\n<!-- REGISTRO INCOMPLETO: [^>]*-->\n<sfLR/);
  expect(xmlOf('F1', 'B58818501')).not.toContain('INCOMPLETO');
  expect(xmlOf('F2', null)).not.toContain('INCOMPLETO');
  expect([lacksRecipientId('R1', customer), lacksRecipientId('R5', customer)]).toEqual([true, false]);
});
