import { defineProblem } from '../errors.ts';

export const PreconditionRequired = defineProblem({
  code: 'request.precondition_required',
  status: 428,
  title: 'Say which version you change',
  detail: () =>
    "Send If-Match with the ETag (or the version, in quotes) you read, so that nobody else's change is lost.",
});
export const VersionChanged = defineProblem({
  code: 'request.version_changed',
  status: 412,
  title: 'Somebody changed it meanwhile',
  detail: () =>
    'It was changed since you read it. Read it again, look at the difference, and send your change with the new ETag.',
});

/** ETag of a row with a version column (RFC 9110, section 8.8.3). */
export const etagOf = (row: { version: number }): Record<string, string> => ({ etag: `"${row.version}"` });

/**
 * The version an If-Match header names; a weak mark that a compressing proxy added is ignored.
 * @throws PreconditionRequired without the header, VersionChanged when it is no version of ours
 */
export function requiredVersion(headers: Readonly<Record<string, string | undefined>>): number {
  const tag = headers['if-match'];
  if (!tag) throw PreconditionRequired();
  const version = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(tag)?.[1];
  if (version === undefined) throw VersionChanged();
  return Number(version);
}
