export { createReceivables } from './create-receivables.ts';
export { REMINDER_EVENTS, type ReminderNotice } from './notices.ts';
export { remindDue } from './remind.ts';
