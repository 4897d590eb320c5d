import { formatDecimalAmount, sum } from '../kernel/money.ts';

export interface TransferAccount {
  readonly holder: string;
  /** Without blanks. */
  readonly iban: string;
  readonly bic: string | null;
}

export interface CreditTransfer {
  /** At most 35 characters; the bank brings it to the payee and back. */
  readonly endToEndId: string;
  readonly amountMinor: number;
  readonly payee: TransferAccount;
  readonly remittance: string;
}

export interface CreditTransferFile {
  /** At most 35 characters; the bank refuses the same twice. */
  readonly messageId: string;
  readonly createdAt: Date;
  /** Day the bank shall execute it (ISO 8601). */
  readonly executionOn: string;
  readonly payer: TransferAccount;
  readonly transfers: readonly CreditTransfer[];
}

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';
const SPECIAL: Readonly<Record<string, string>> = {
  ß: 'ss',
  Æ: 'AE',
  æ: 'ae',
  Ø: 'O',
  ø: 'o',
  Œ: 'OE',
  œ: 'oe',
  '&': '+',
};

/** Text in the characters every bank of the scheme must take (EPC217-08): Latin letters without accents, digits, few signs. */
export function sepaText(text: string, max: number): string {
  const plain = text
    .replaceAll(/[ßÆæØøŒœ&]/g, (sign) => SPECIAL[sign] ?? '')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9/\-?:().,'+ ]/g, ' ')
    .replaceAll(/\/{2,}/g, '/')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[/ ]+/, '');
  let end = Math.min(plain.length, max);
  while (end > 0 && '/ '.includes(plain.charAt(end - 1))) end -= 1;
  return plain.slice(0, end);
}

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;
const text = (name: string, value: string, max: number): string =>
  element(name, sepaText(value, max).replaceAll("'", '&apos;'));
const agent = (name: string, bic: string | null): string =>
  element(
    name,
    element('FinInstnId', bic === null ? element('Othr', element('Id', 'NOTPROVIDED')) : element('BICFI', bic)),
  );
const account = (name: string, iban: string): string => element(name, element('Id', element('IBAN', iban)));
const euros = (amount: number): string => formatDecimalAmount(amount, 2);

function transferInfo({ endToEndId, amountMinor, payee, remittance }: CreditTransfer): string {
  return element(
    'CdtTrfTxInf',
    [
      element('PmtId', element('EndToEndId', endToEndId)),
      element('Amt', `<InstdAmt Ccy="EUR">${euros(amountMinor)}</InstdAmt>`),
      payee.bic === null ? '' : agent('CdtrAgt', payee.bic),
      element('Cdtr', text('Nm', payee.holder, 70)),
      account('CdtrAcct', payee.iban),
      element('RmtInf', text('Ustrd', remittance, 140)),
    ].join(''),
  );
}

/**
 * A SEPA credit transfer initiation in euros, pain.001.001.09 (ISO 20022; EPC132-08): what a reseller uploads at its bank. Pure: the same
 * input gives the same bytes.
 */
export function writeCreditTransferFile(file: CreditTransferFile): string {
  const { messageId, createdAt, executionOn, payer, transfers } = file;
  const totals =
    element('NbOfTxs', String(transfers.length)) +
    element('CtrlSum', euros(sum(transfers.map(({ amountMinor }) => amountMinor))));
  const header = element(
    'GrpHdr',
    element('MsgId', messageId) +
      element('CreDtTm', createdAt.toISOString().slice(0, 19)) +
      totals +
      element('InitgPty', text('Nm', payer.holder, 70)),
  );
  const payment = element(
    'PmtInf',
    [
      element('PmtInfId', messageId),
      element('PmtMtd', 'TRF'),
      element('BtchBookg', 'true'),
      totals,
      element('PmtTpInf', element('SvcLvl', element('Cd', 'SEPA'))),
      element('ReqdExctnDt', element('Dt', executionOn)),
      element('Dbtr', text('Nm', payer.holder, 70)),
      account('DbtrAcct', payer.iban),
      agent('DbtrAgt', payer.bic),
      element('ChrgBr', 'SLEV'),
      ...transfers.map(transferInfo),
    ].join(''),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${NAMESPACE}">${element('CstmrCdtTrfInitn', header + payment)}</Document>\n`;
}
