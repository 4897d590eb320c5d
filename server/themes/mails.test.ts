import { describe, expect, it } from 'vitest';
import { formatMoney } from './format.ts';
import { createThemes, MAIL_NAMES } from './index.ts';
import { buildBrand, buildMailData, THEMES_ROOT } from './testing.ts';
import type { MailName, RenderedMail } from './mails.ts';
import type { ThemedBrand } from './brand.ts';

const themes = createThemes({ root: THEMES_ROOT, production: true });
const data = buildMailData();

function send(name: MailName, brand: ThemedBrand, locale: string): RenderedMail {
  return themes.renderMail(name, { brand, locale, timeZone: 'Europe/Madrid', data: data[name] });
}

describe.each(['meridiano', 'marea'])('mails of %s', (theme) => {
  const brand = buildBrand({ theme });

  it.each(MAIL_NAMES)('renders %s in both languages, complete in HTML and in text', (name) => {
    const [en, es] = [send(name, brand, 'en'), send(name, brand, 'es-MX')];
    expect(en.subject).not.toBe(es.subject);
    for (const mail of [en, es]) {
      expect(mail.subject).not.toMatch(/[{}\r\n]/);
      for (const body of [mail.html, mail.text]) {
        expect(body).not.toMatch(/undefined|\[object|\{[a-z]+\}|mail\.[a-z-]+\./i);
        expect(body).toContain(brand.legal.companyName);
        expect(body).toContain('http://shore.localhost:8080/');
      }
      expect(mail.text).not.toMatch(/<\/?[a-z]|&[a-z#0-9]+;/);
      expect(mail.html).not.toMatch(/<script|<link|<style/);
    }
  });

  it('escapes a hostile brand in HTML, writes it plainly in text and keeps the subject one line', () => {
    const evil = buildBrand({ theme, name: '<script>x</script>' });
    const mail = send('verify-email', evil, 'en');
    expect(mail.html).not.toContain('<script');
    expect(mail.text).toContain('<script>x</script>');
    const organisationName = 'Faro\r\nBcc: all@x.example';
    const invitation = { ...data.invitation, organisationName };
    const { subject } = themes.renderMail('invitation', { brand: evil, locale: 'en', data: invitation });
    expect(subject).toBe('Your invitation to Faro Bcc: all@x.example');
  });
});

describe('what mails say', () => {
  it('uses the colours of the brand', () => {
    const { html } = send('booking-confirmed', buildBrand({ settings: { primaryColor: '#7a1f5c' } }), 'en');
    expect(html).toContain('background-color:#7a1f5c');
  });

  it('shows a bitmap logo with an absolute address and text for any other', () => {
    const logo = (logoUrl: string): string => send('verify-email', buildBrand({ settings: { logoUrl } }), 'en').html;
    expect(logo('/media/l.png')).toContain('<img src="http://shore.localhost:8080/media/l.png" alt="Costa Clara"');
    expect(logo('/media/l.svg')).not.toContain('<img');
  });

  it('says what became of the money when a booking failed', () => {
    const brand = buildBrand();
    const text = (money: 'not_charged' | 'released' | 'refunded'): string =>
      themes.renderMail('booking-failed', { brand, locale: 'en', data: { ...data['booking-failed'], money } }).text;
    expect(text('not_charged')).toContain('You have not been charged.');
    expect(text('released')).toContain('€656.30 was held on your card and never collected.');
    expect(text('refunded')).toContain('€656.30 is refunded');
  });

  it('names the zone of an instant and keeps local times as they are', () => {
    expect(send('reset-password', buildBrand(), 'en').text).toContain('30 November 2026 at 16:00 CET');
    expect(send('booking-confirmed', buildBrand(), 'en').text).toContain('09:35 Madrid (MAD), Fri, 12 March 2027');
  });

  it.each([
    [{ amount: 9_007_199_254_740_991, currency: 'EUR', exponent: 2 }, 'en', '€90,071,992,547,409.91'],
    [{ amount: -5, currency: 'EUR', exponent: 2 }, 'en', '-€0.05'],
    [{ amount: 12_000, currency: 'JPY', exponent: 0 }, 'en', 'JP¥12,000'],
    [{ amount: 1_234_567, currency: 'KWD', exponent: 3 }, 'es', '1234,567 KWD'],
  ])('formats %o in %s exactly as %s', (money, locale, shown) => {
    expect(formatMoney(money, locale).replace(/\s/g, ' ')).toBe(shown);
  });
});
