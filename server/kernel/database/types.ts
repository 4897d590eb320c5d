import pg from 'pg';

const INT8 = 20;
const DATE = 1082;

/**
 * Result types of PostgreSQL: int8 comes as a safe integer (amounts in minor units) or throws, a date stays the text it is
 * (a local calendar day has no instant), numeric stays text.
 */
export function installTypeParsers(): void {
  pg.types.setTypeParser(INT8, (text: string) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond the safe integers`);
    return value;
  });
  pg.types.setTypeParser(DATE, (text: string) => text);
}
