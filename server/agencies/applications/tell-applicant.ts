import type { TenantSql } from '../../kernel/database/sql.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import type { Application } from './application.ts';

/** What a mail about an application says; the mail's texts are chosen by it. */
export type ApplicationStep = 'started' | 'submitted' | 'waiting' | 'information_requested' | 'approved' | 'rejected';

/** Events of applications; each is mailed to its recipient, in the language the applicant chose. */
export const APPLICATION_EVENTS: readonly `agency_application.${ApplicationStep}@1`[] = [
  'agency_application.started@1',
  'agency_application.submitted@1',
  'agency_application.waiting@1',
  'agency_application.information_requested@1',
  'agency_application.approved@1',
  'agency_application.rejected@1',
];

/** Writes the event of a step, with what its mail needs, in the caller's transaction. */
export async function tellStep(
  sql: TenantSql,
  step: ApplicationStep,
  application: Pick<Application, 'id' | 'brandId' | 'locale'> & {
    details: Pick<Application['details'], 'companyName' | 'contact'>;
  },
  mail: { recipient?: string; recipientName?: string; url: string; message?: string | null; expiresAt?: Date },
): Promise<void> {
  const { contact, companyName } = application.details;
  await emitEvent(sql, {
    kind: `agency_application.${step}@1`,
    payload: {
      applicationId: application.id,
      step,
      brandId: application.brandId,
      locale: application.locale,
      expiresAt: mail.expiresAt?.toISOString() ?? null,
    },
    personal: {
      recipient: mail.recipient ?? contact.email,
      recipientName: mail.recipientName ?? contact.givenName,
      companyName,
      message: mail.message ?? null,
      url: mail.url,
    },
  });
}
