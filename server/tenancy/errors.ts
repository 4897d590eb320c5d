import { defineProblem } from '../kernel/errors.ts';

export const UnknownHost = defineProblem({
  code: 'tenancy.unknown_host',
  status: 421,
  title: 'This host is not served here',
  detail: () => "No site answers at this address. Check the address, or ask the site's owner to connect the domain.",
});
export const TenantSuspended = defineProblem({
  code: 'tenancy.suspended',
  status: 503,
  title: 'This site is paused',
  detail: () => 'The site is not available at the moment. Please contact your agency directly.',
  headers: () => ({ 'retry-after': '3600' }),
});
export const SlugInvalid = defineProblem({
  code: 'tenancy.slug_invalid',
  status: 400,
  title: 'The slug is not valid',
  detail: (x: { slug: string }) => `"${x.slug}" is not a slug: 2 to 30 of a-z, 0-9 and -, starting with a letter.`,
});
export const SlugTaken = defineProblem({
  code: 'tenancy.slug_taken',
  status: 409,
  title: 'The slug is taken',
  detail: (x: { slug: string }) => `A tenant "${x.slug}" exists already. Choose another slug.`,
});
export const HostInvalid = defineProblem({
  code: 'tenancy.host_invalid',
  status: 400,
  title: 'The host name is not valid',
  detail: (x: { host: string }) =>
    `"${x.host}" is not a host name we can serve: write it without scheme, port or path, e.g. travel.example.com.`,
});
export const HostTaken = defineProblem({
  code: 'tenancy.host_taken',
  status: 409,
  title: 'The host name is taken',
  detail: (x: { host: string }) => `${x.host} already names a site. Choose another host or remove it there first.`,
});
export const ThemeUnknown = defineProblem({
  code: 'tenancy.theme_unknown',
  status: 400,
  title: 'The theme is not installed',
  detail: (x: { theme: string; installed: string[] }) =>
    `There is no theme "${x.theme}". Installed: ${x.installed.join(', ')}.`,
});
export const TenantUnknown = defineProblem({
  code: 'tenancy.tenant_unknown',
  status: 404,
  title: 'No such tenant',
  detail: (x: { slug: string }) => `There is no tenant "${x.slug}". See: portolan tenant list.`,
});

export const TenantStillServes = defineProblem({
  code: 'tenancy.still_serves',
  status: 400,
  title: 'Keys are destroyed of a suspended tenant only',
  detail: (x: { slug: string }) =>
    `Suspend it first (portolan tenant suspend ${x.slug}), then repeat its slug: --confirm ${x.slug}. What was sealed can never be read again.`,
});
