/** Who and what appears in the story. */
export const coral = { slug: 'coral', name: 'Coral Travel', host: 'coral.localhost', owner: 'owner@coral.test' };
export const shore = { host: 'shore.localhost', name: 'Shore Holidays', company: 'Shore Holidays, S.L.' };
export const agencyA = { name: 'Palmera Viajes', admin: 'admin@palmera.test' };
export const agencyB = { name: 'Costa Norte', admin: 'admin@costa.test', agent: 'agent@costa.test' };

const day = 86_400_000;
/** A day so many days from today, as date fields take it. */
export const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString().slice(0, 10);
/** A birthday of somebody who has that age for months to come. */
export const bornAged = (age: number): string => {
  const date = new Date(Date.now() - 120 * day);
  date.setUTCFullYear(date.getUTCFullYear() - age);
  return date.toISOString().slice(0, 10);
};
