import { defineProblem } from '../../kernel/errors.ts';

export const StepRefused = defineProblem({
  code: 'agency_applications.step_refused',
  status: 409,
  title: 'The application is not at this step',
  detail: (x: { step: string; state: string }) =>
    `An application that is ${x.state.replaceAll('_', ' ')} does not allow "${x.step.replaceAll('_', ' ')}". Read it again.`,
});
export const ChecksOpen = defineProblem({
  code: 'agency_applications.checks_open',
  status: 409,
  title: 'Something was not looked at yet',
  detail: (x: { open: readonly string[] }) => `Tick these first: ${x.open.join(', ').replaceAll('_', ' ')}.`,
  extensions: (x) => ({ open: x.open }),
});
export const ResellerApproves = defineProblem({
  code: 'agency_applications.reseller_approves',
  status: 409,
  title: 'The reseller lets agencies in here',
  detail: () =>
    'New agencies below yours are let in by the reseller, who sees this application too. What you ticked and noted stays with it.',
});
export const LinkInvalid = defineProblem({
  code: 'agency_applications.link_invalid',
  status: 404,
  title: 'This link opens no application',
  detail: () =>
    'It was not copied whole, was replaced by a newer one, or its time has passed. Apply again, or ask for a new link.',
});
export const DocumentsMissing = defineProblem({
  code: 'agency_applications.documents_missing',
  status: 409,
  title: 'A document is missing',
  detail: () => 'Add at least your licence or the registration of your company before you send the application.',
});
export const TooManyDocuments = defineProblem({
  code: 'agency_applications.too_many_documents',
  status: 409,
  title: 'The application has too many documents',
  detail: (x: { limit: number }) => `An application holds at most ${x.limit} documents. Remove one first.`,
});
