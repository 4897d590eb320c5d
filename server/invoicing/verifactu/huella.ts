import { createHash } from 'node:crypto';

/** Fields of a record of an issued invoice, as they are hashed: exactly as in the XML. */
export interface AltaFields {
  readonly nif: string;
  readonly number: string;
  /** dd-mm-yyyy */
  readonly issuedOn: string;
  readonly type: string;
  readonly taxTotal: string;
  readonly total: string;
  /** Of the record before; empty for the first. */
  readonly previousHash: string;
  /** ISO 8601 with offset. */
  readonly generatedAt: string;
}

const digest = (pairs: readonly (readonly [string, string])[]): string =>
  createHash('sha256')
    .update(pairs.map(([name, value]) => `${name}=${value.trim()}`).join('&'), 'utf8')
    .digest('hex')
    .toUpperCase();

/** "Huella" of an alta: SHA-256 by the tax agency's "Algoritmo de cálculo de codificación de la huella o hash" (v. 0.1.2). */
export const huellaOfAlta = (fields: AltaFields): string =>
  digest([
    ['IDEmisorFactura', fields.nif],
    ['NumSerieFactura', fields.number],
    ['FechaExpedicionFactura', fields.issuedOn],
    ['TipoFactura', fields.type],
    ['CuotaTotal', fields.taxTotal],
    ['ImporteTotal', fields.total],
    ['Huella', fields.previousHash],
    ['FechaHoraHusoGenRegistro', fields.generatedAt],
  ]);
