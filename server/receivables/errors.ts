import { defineProblem } from '../kernel/errors.ts';

export const ReminderPaused = defineProblem({
  code: 'receivable.paused',
  status: 409,
  title: 'Its reminders are paused',
  detail: () => 'Somebody paused the reminders of this. Resume them first.',
});
export const RemindedToday = defineProblem({
  code: 'receivable.reminded_today',
  status: 409,
  title: 'It was mentioned today already',
  detail: () => 'A reminder of this was sent today. The next one can be sent tomorrow (UTC).',
});
