const en = {
  statement: 'Wallet statement',
  agency: 'Agency',
  keptWith: 'Kept with',
  period: 'Period',
  opening: 'Opening balance',
  closing: 'Closing balance',
  date: 'Date',
  kind: 'Kind',
  booking: 'Booking',
  about: 'About',
  amount: 'Amount',
  balance: 'Balance',
  currency: 'Currency',
  kinds: {
    top_up: 'Top-up',
    adjustment: 'Adjustment',
    capture: 'Booking paid',
    refund: 'Refund',
    hold: 'Hold',
    release: 'Release',
    exchange: 'Exchange',
  },
  movements: 'Movements',
  none: 'Nothing moved the balance in this period.',
};

export type WalletStatementTexts = typeof en;

const es: WalletStatementTexts = {
  statement: 'Extracto del monedero',
  agency: 'Agencia',
  keptWith: 'Con',
  period: 'Periodo',
  opening: 'Saldo inicial',
  closing: 'Saldo final',
  date: 'Fecha',
  kind: 'Tipo',
  booking: 'Reserva',
  about: 'Concepto',
  amount: 'Importe',
  balance: 'Saldo',
  currency: 'Moneda',
  kinds: {
    top_up: 'Recarga',
    adjustment: 'Ajuste',
    capture: 'Reserva pagada',
    refund: 'Reembolso',
    hold: 'Retención',
    release: 'Liberación',
    exchange: 'Cambio',
  },
  movements: 'Movimientos',
  none: 'Nada ha movido el saldo en este periodo.',
};

/** Words of a wallet's statement; any language but Spanish gets English. */
export const textsFor = (locale: string): WalletStatementTexts => (locale.startsWith('es') ? es : en);
