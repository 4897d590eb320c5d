import { defineProblem } from '../kernel/errors.ts';

export const TooManyFiles = defineProblem({
  code: 'upload.too_many_files',
  status: 409,
  title: 'The brand has too many pictures',
  detail: (x: { limit: number }) =>
    `A brand keeps at most ${x.limit} pictures; those never used are removed after a day.`,
});
export const LinkRefused = defineProblem({
  code: 'files.link_refused',
  status: 403,
  title: 'The link does not open this file',
  detail: () => 'It was changed, or its time has passed. Ask for a new one.',
});
