import { ageOn, isDay } from '../formatting/dates.ts';
import type { ContactInput, PricedTraveller, Quote, Title, TravellerInput } from '../api/types.ts';
import type { MessageKey } from '../i18n/messages.ts';
import type { MessageValues } from '../i18n/translator.ts';

/** What stands in the fields; '' is not filled in yet. */
export type TravellerForm = {
  title: Title | '';
  gender: 'm' | 'f' | '';
  givenName: string;
  familyName: string;
  bornOn: string;
  passportNumber: string;
  passportCountry: string;
  passportExpires: string;
};
export type ContactForm = ContactInput;

export type Fault = { key: MessageKey; values?: MessageValues };
/** Faults by field id: `travellers.0.givenName`, `contact.email`. */
export type Faults = Record<string, Fault>;

export const emptyTraveller = (): TravellerForm => ({
  title: '',
  gender: '',
  givenName: '',
  familyName: '',
  bornOn: '',
  passportNumber: '',
  passportCountry: '',
  passportExpires: '',
});
export const emptyContact = (): ContactForm => ({ givenName: '', familyName: '', email: '', phone: '' });

const NAME = /^\p{Script=Latin}[\p{Script=Latin}\p{M}' .-]*$/u;

/** The day ages are counted on: the last flight's, or the check-in. */
export function findAgeDay({ offer }: Quote): string {
  if (offer.product === 'stay') return offer.checkIn;
  return offer.slices.at(-1)?.segments[0]?.departureLocal.slice(0, 10) ?? '';
}

const findLastDay = ({ offer }: Quote): string =>
  offer.product === 'stay' ? offer.checkOut : (offer.slices.at(-1)?.segments.at(-1)?.arrivalLocal.slice(0, 10) ?? '');

export type FormatDay = (day: string) => string;

/** Everything that keeps the booking from being sent, in the order of the page. */
export function findFaults(
  travellers: readonly TravellerForm[],
  contact: ContactForm,
  quote: Quote,
  today: string,
  sayDay: FormatDay,
): Faults {
  const faults: Faults = {};
  travellers.forEach((traveller, index) => {
    const put = (field: string, fault: Fault | undefined) => {
      if (fault !== undefined) faults[`travellers.${index}.${field}`] = fault;
    };
    put('title', required(traveller.title));
    put('gender', required(traveller.gender));
    put('givenName', findNameFault(traveller.givenName));
    put('familyName', findNameFault(traveller.familyName) ?? findDuplicate(travellers, index));
    put('bornOn', findBirthFault(traveller.bornOn, quote.travellers[index], quote, today, sayDay));
    if (!quote.documentsRequired) return;
    put(
      'passportNumber',
      /^[A-Za-z0-9]{4,20}$/.test(traveller.passportNumber.trim()) ? undefined : { key: 'form.passportNumber' },
    );
    put(
      'passportCountry',
      /^[A-Za-z]{2}$/.test(traveller.passportCountry.trim()) ? undefined : { key: 'form.country' },
    );
    put('passportExpires', findExpiryFault(traveller.passportExpires, quote, sayDay));
  });
  for (const [field, fault] of Object.entries(findContactFaults(contact))) faults[`contact.${field}`] = fault;
  return faults;
}

export function findContactFaults(contact: ContactForm): Faults {
  const found: Record<string, Fault | undefined> = {
    givenName: findNameFault(contact.givenName),
    familyName: findNameFault(contact.familyName),
    email:
      required(contact.email) ??
      (/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(contact.email.trim()) ? undefined : { key: 'form.email' }),
    phone:
      required(contact.phone) ??
      (/^\+[1-9]\d{6,14}$/.test(cleanPhone(contact.phone)) ? undefined : { key: 'form.phone' }),
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, Fault] => entry[1] !== undefined));
}

const required = (value: string): Fault | undefined => (value.trim() === '' ? { key: 'form.required' } : undefined);

function findNameFault(name: string): Fault | undefined {
  const text = name.trim();
  if (text === '') return { key: 'form.required' };
  if (text.length > 40) return { key: 'form.tooLong' };
  return NAME.test(text) ? undefined : { key: 'form.latin' };
}

function findDuplicate(travellers: readonly TravellerForm[], index: number): Fault | undefined {
  const nameOf = ({ givenName, familyName }: TravellerForm) =>
    `${givenName.trim()} ${familyName.trim()}`.toLocaleLowerCase();
  const mine = travellers[index];
  if (mine === undefined || nameOf(mine).trim() === '') return undefined;
  const other = travellers.slice(0, index).findIndex((each) => nameOf(each) === nameOf(mine));
  return other < 0 ? undefined : { key: 'form.duplicate', values: { number: other + 1 } };
}

/** The birth date against the traveller's type on the day of travel: airlines refuse boarding, and fares, on a difference. */
export function findBirthFault(
  bornOn: string,
  priced: PricedTraveller | undefined,
  quote: Quote,
  today: string,
  sayDay: FormatDay,
): Fault | undefined {
  if (bornOn === '') return { key: 'form.required' };
  if (!isDay(bornOn)) return { key: 'form.date' };
  if (bornOn > today) return { key: 'form.futureBirth' };
  const day = findAgeDay(quote);
  const age = ageOn(bornOn, day);
  const values = { age, day: sayDay(day) };
  if (priced === undefined || priced.type === 'adult') return age < 18 ? { key: 'form.notAdult', values } : undefined;
  if (priced.type === 'infant_without_seat') return age >= 2 ? { key: 'form.notInfant', values } : undefined;
  if (age >= 18) return { key: 'form.notChild', values };
  if (priced.age !== undefined && priced.age !== age)
    return { key: 'form.wrongAge', values: { ...values, expected: priced.age } };
  return undefined;
}

function findExpiryFault(expires: string, quote: Quote, sayDay: FormatDay): Fault | undefined {
  if (expires === '') return { key: 'form.required' };
  if (!isDay(expires)) return { key: 'form.date' };
  const last = findLastDay(quote);
  return expires < last ? { key: 'form.passportExpired', values: { day: sayDay(last) } } : undefined;
}

const cleanPhone = (phone: string): string => phone.replace(/[\s().-]/g, '').replace(/^00/, '+');

/** Only for forms without faults. */
export function writeTravellers(travellers: readonly TravellerForm[], quote: Quote): TravellerInput[] {
  return travellers.map((form, index) => ({
    type: quote.travellers[index]?.type ?? 'adult',
    title: form.title === '' ? 'mr' : form.title,
    gender: form.gender === '' ? 'm' : form.gender,
    givenName: form.givenName.trim(),
    familyName: form.familyName.trim(),
    bornOn: form.bornOn,
    ...(quote.documentsRequired
      ? {
          document: {
            type: 'passport' as const,
            number: form.passportNumber.trim().toUpperCase(),
            issuingCountry: form.passportCountry.trim().toUpperCase(),
            expiresOn: form.passportExpires,
          },
        }
      : {}),
  }));
}

export const writeContact = (contact: ContactForm): ContactInput => ({
  givenName: contact.givenName.trim(),
  familyName: contact.familyName.trim(),
  email: contact.email.trim(),
  phone: cleanPhone(contact.phone),
});

/** `/travellers/0/document/number` → `travellers.0.passportNumber`. */
export function fieldOfPointer(pointer: string): string {
  const renamed: Readonly<Record<string, string>> = {
    'document.number': 'passportNumber',
    'document.issuingCountry': 'passportCountry',
    'document.expiresOn': 'passportExpires',
    document: 'passportNumber',
  };
  const [group = '', ...rest] = pointer.split('/').slice(1);
  if (group !== 'travellers') return [group, ...rest].join('.');
  const [index = '', ...field] = rest;
  const name = field.join('.');
  return `travellers.${index}.${renamed[name] ?? name}`;
}
