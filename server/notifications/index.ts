import { APPLICATION_EVENTS } from '../agencies/index.ts';
import {
  findBooking,
  findPaymentLink,
  guestTokenOf,
  paymentLinkTokenOf,
  paymentLinkUrl,
  type Booking,
} from '../bookings/index.ts';
import { DISPUTE_NOTICE_EVENTS, type DisputeNotice } from '../disputes/index.ts';
import type { Config } from '../kernel/config.ts';
import type { TenantVault } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import type { Consumer, DeliveredEvent } from '../kernel/outbox/consumers.ts';
import type { Documents } from '../documents/index.ts';
import { REMINDER_EVENTS, type ReminderNotice } from '../receivables/index.ts';
import { WALLET_NOTICE_EVENTS, type WalletNotice } from '../wallets/index.ts';
import { themedBrand } from '../themes/index.ts';
import type { MailName, Mails, Themes } from '../themes/index.ts';
import { cancelledMail, confirmedMail, failedMail, paymentLinkMail } from './booking-mails.ts';
import { AGENCY_NOTICE_EVENTS, createAgencyNotices } from './agency-notices.ts';
import { createMailer, type OutgoingMail } from './mailer.ts';
import { disputeMail } from './dispute-mails.ts';
import { walletMail } from './wallet-mails.ts';
import { ensureNotification, markFault, markSent } from './repository.ts';

export { listMailsOfBooking } from './repository.ts';
export { eraseRecipients, purgeOldMails, sealedTables as sealedNotifications } from './repository.ts';

interface Deps {
  config: Config;
  database: Database;
  themes: Themes;
  brandOf(tenant: Tenant, brandId: string): Promise<Brand | undefined>;
  vaultOf(tenant: Tenant): TenantVault;
  /** The agency that sells, or the brand itself. */
  sellerName(tenant: Tenant, agencyId: string | null, brand: Brand): Promise<string>;
  documents: Pick<Documents, 'attachmentsOf'>;
  /** The mails that an event of a dispute, of a wallet, or of what was not paid, causes. */
  disputeNotices(event: DeliveredEvent, tenant: Tenant): Promise<DisputeNotice[]>;
  walletNotices(event: DeliveredEvent, tenant: Tenant): Promise<WalletNotice[]>;
  reminderNotices(event: DeliveredEvent, tenant: Tenant): Promise<ReminderNotice[]>;
  /** Who answers for an agency. */
  peopleOf: Parameters<typeof createAgencyNotices>[0]['peopleOf'];
}

/** A mail to write: the template with its data, in a language, to someone. */
type Message = {
  [Name in MailName]: {
    template: Name;
    data: Mails[Name];
    recipient: string;
    brandId: string;
    locale: string;
    booking?: Booking;
  };
}[MailName];

/**
 * Mails that events cause, each once: the message is a row before it is sent, and its id is the Message-ID. Sent in the brand's theme and
 * name, in the recipient's language.
 */
export function createNotifications(deps: Deps) {
  const { database } = deps;
  const agencyNotices = createAgencyNotices(deps);
  const mailer = createMailer(deps.config.SMTP_URL);

  async function send(tenant: Tenant, eventId: string, message: Message): Promise<void> {
    const sql = database.tenant(tenant);
    const brand = await deps.brandOf(tenant, message.brandId);
    if (!brand) throw new Error(`Brand ${message.brandId} of a mail is gone`);
    const record = await ensureNotification(sql, {
      eventId,
      template: message.template,
      recipient: message.recipient,
      brandId: brand.id,
      locale: message.locale,
      bookingId: message.booking?.id ?? null,
      payload: message.booking ? { bookingId: message.booking.id } : {},
    });
    if (record.state === 'sent') return;
    try {
      await mailer.send(await compose(record.id, brand, message));
    } catch (error) {
      await markFault(sql, record.id, (error as Error).message);
      throw error;
    }
    await markSent(sql, record.id);
  }

  async function compose(id: string, brand: Brand, message: Message): Promise<OutgoingMail> {
    const rendered = deps.themes.renderMail(message.template, {
      brand: themedBrand(brand, message.locale),
      locale: message.locale,
      data: message.data,
    });
    const attachments =
      message.template === 'booking-confirmed' && message.booking
        ? await deps.documents.attachmentsOf(message.booking, brand)
        : [];
    return {
      id,
      from: { name: brand.senderName, address: brand.senderEmail },
      to: message.recipient,
      ...rendered,
      attachments,
    };
  }

  const guestKey = (tenant: Tenant, booking: Booking) =>
    booking.guestTokenHash ? guestTokenOf(deps.vaultOf(tenant), booking.id) : undefined;

  async function messageOf(event: DeliveredEvent, tenant: Tenant): Promise<Message | undefined> {
    const payload = event.payload as Record<string, string | null>;
    const text = (key: string) => payload[key] ?? '';
    const addressed = { recipient: text('recipient'), brandId: text('brandId'), locale: text('locale') || 'en' };
    switch (event.kind) {
      case 'identity.invitation_created@1': {
        const inviter = payload.inviterName ? { inviterName: payload.inviterName } : {};
        const link = { url: text('url'), expiresAt: text('expiresAt') };
        if (payload.role === 'agency_admin' && payload.agencyName)
          return {
            template: 'agency-invitation',
            ...addressed,
            data: { ...inviter, agencyName: payload.agencyName, parentName: text('parentName'), ...link },
          };
        return {
          template: 'invitation',
          ...addressed,
          data: { ...inviter, organisationName: text('organisationName'), role: text('role'), ...link },
        };
      }
      case 'identity.email_verification_requested@1':
        return {
          template: 'verify-email',
          ...addressed,
          data: { recipientName: text('recipientName'), url: text('url'), expiresAt: text('expiresAt') },
        };
      case 'identity.password_reset_requested@1':
        return {
          template: 'reset-password',
          ...addressed,
          data: { recipientName: text('recipientName'), url: text('url'), expiresAt: text('expiresAt') },
        };
      case 'identity.refresh_token_reused@1':
        return {
          template: 'access-revoked',
          ...addressed,
          data: { recipientName: text('recipientName'), occurredAt: text('occurredAt'), url: text('url') },
        };
      case 'identity.emergency_access_used@1':
        return {
          template: 'emergency-access',
          ...addressed,
          data: {
            recipientName: text('recipientName'),
            personName: text('personName'),
            providerName: text('providerName'),
            outcome: text('outcome'),
            occurredAt: text('occurredAt'),
            url: text('url'),
          },
        };
      case 'identity.security_notice@1':
        return {
          template: 'security-notice',
          ...addressed,
          data: {
            recipientName: text('recipientName'),
            notice: text('notice'),
            occurredAt: text('occurredAt'),
            url: text('url'),
            ...(payload.detail ? { detail: payload.detail } : {}),
          },
        };
      case 'agency_application.started@1':
      case 'agency_application.submitted@1':
      case 'agency_application.waiting@1':
      case 'agency_application.information_requested@1':
      case 'agency_application.approved@1':
      case 'agency_application.rejected@1':
        return {
          template: 'agency-application',
          ...addressed,
          data: {
            recipientName: text('recipientName'),
            companyName: text('companyName'),
            step: text('step'),
            ...(payload.message ? { message: payload.message } : {}),
            ...(payload.expiresAt ? { expiresAt: payload.expiresAt } : {}),
            url: text('url'),
          },
        };
      case 'reconciliation.unmatched@1':
        return {
          template: 'reconciliation-unmatched',
          ...addressed,
          data: { recipientName: text('recipientName'), day: text('day'), count: text('count'), url: text('url') },
        };
      default: {
        const booking = await findBooking(database.tenant(tenant), text('bookingId'));
        const brand = booking && (await deps.brandOf(tenant, booking.brandId));
        if (!booking || !brand) return undefined;
        const to = { recipient: booking.contact.email, brandId: booking.brandId, locale: booking.locale, booking };
        if (event.kind === 'booking.confirmed@1')
          return {
            template: 'booking-confirmed',
            ...to,
            data: confirmedMail(booking, brand, guestKey(tenant, booking)),
          };
        if (event.kind === 'booking.cancelled@1')
          return {
            template: 'booking-cancelled',
            ...to,
            data: cancelledMail(booking, brand, Number(payload.refundMinor), guestKey(tenant, booking)),
          };
        if (event.kind === 'booking.payment_link_sent@1') {
          const link = await findPaymentLink(database.tenant(tenant), text('linkId'));
          // Withdrawn, or followed by a newer one, before it was sent.
          if (!link || link.revokedAt) return undefined;
          const token = paymentLinkTokenOf(deps.vaultOf(tenant), link.id);
          return {
            template: 'payment-link',
            ...to,
            data: paymentLinkMail(booking, {
              sellerName: await deps.sellerName(tenant, booking.agencyId, brand),
              url: paymentLinkUrl(brand.origin, token).href,
              expiresAt: link.expiresAt,
            }),
          };
        }
        return { template: 'booking-failed', ...to, data: failedMail(booking, brand) };
      }
    }
  }

  const mail: Consumer = {
    name: 'notifications.mail',
    kinds: [
      'identity.invitation_created@1',
      'identity.email_verification_requested@1',
      'identity.password_reset_requested@1',
      'identity.refresh_token_reused@1',
      'identity.emergency_access_used@1',
      'identity.security_notice@1',
      ...APPLICATION_EVENTS,
      ...WALLET_NOTICE_EVENTS,
      ...DISPUTE_NOTICE_EVENTS,
      ...AGENCY_NOTICE_EVENTS,
      ...REMINDER_EVENTS,
      'booking.confirmed@1',
      'booking.failed@1',
      'booking.cancelled@1',
      'booking.payment_link_sent@1',
      'reconciliation.unmatched@1',
    ],
    async handle(event, tenant) {
      if (WALLET_NOTICE_EVENTS.includes(event.kind)) {
        for (const notice of await deps.walletNotices(event, tenant))
          await send(tenant, event.id, { template: 'wallet-notice', ...notice, data: walletMail(notice) });
        return;
      }
      if (DISPUTE_NOTICE_EVENTS.includes(event.kind)) {
        for (const notice of await deps.disputeNotices(event, tenant))
          await send(tenant, event.id, { template: 'dispute-notice', ...notice, data: disputeMail(notice) });
        return;
      }
      if (REMINDER_EVENTS.includes(event.kind)) {
        for (const notice of await deps.reminderNotices(event, tenant))
          await send(tenant, event.id, { template: 'invoice-reminder', ...notice });
        return;
      }
      if (AGENCY_NOTICE_EVENTS.includes(event.kind)) {
        for (const notice of await agencyNotices(event, tenant))
          await send(tenant, event.id, { template: 'agency-notice', ...notice });
        return;
      }
      const message = await messageOf(event, tenant);
      if (message) await send(tenant, event.id, message);
    },
  };

  return { consumers: [mail] };
}
