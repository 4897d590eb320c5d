import { createTransport } from 'nodemailer';

export interface OutgoingMail {
  /** Becomes the Message-ID: a mail sent twice after a crash is the same mail to every server that de-duplicates. */
  id: string;
  from: { name: string; address: string };
  to: string;
  subject: string;
  html: string;
  text: string;
  attachments?: Array<{ filename: string; contentType: string; content: Buffer }>;
}

/** Sends over SMTP; throws when the server does not take the message. */
export function createMailer(smtpUrl: string) {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  } as never);
  return {
    async send(mail: OutgoingMail): Promise<void> {
      const domain = mail.from.address.split('@')[1] ?? 'localhost';
      await transport.sendMail({
        messageId: `<${mail.id}@${domain}>`,
        from: mail.from,
        to: mail.to,
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        attachments: mail.attachments ?? [],
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    },
    close: () => transport.close(),
  };
}
