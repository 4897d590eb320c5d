const { readdirSync } = require('node:fs');

// The borders of docs/architecture.md as rules. A module is a folder of server/; a layer is a file name.
// Tests may look anywhere, so they are left out.
const tests = ['\\.test\\.ts$', '/testing\\.ts$', '^server/testing/'];
const stores = 'node_modules/(pg|knex|koa|@koa/[^/]+|ioredis|bee-queue)/';

// The noun's own file (bookings/booking.ts, agencies/agency.ts), its rules and its errors: no input or output.
const modules = readdirSync('server', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const nouns = modules.flatMap(({ name }) =>
  [name, name.replace(/s$/, ''), name.replace(/es$/, ''), name.replace(/ies$/, 'y')].map(
    (noun) => `^server/${name}/${noun}\\.ts$`,
  ),
);
// The factory that wires a module: createLedger() in ledger/create-ledger.ts.
const wiring = modules.map(({ name }) => `^server/${name}/create-${name}\\.ts$`);
// Where the parts are put together: the wiring, the processes and the command line. No module knows them.
const composition = '^server/(main\\.ts$|(app|roles|cli)/)';
const domain = [...new Set(nouns), '^server/[^/]+/(policy|errors)\\.ts$'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'kernel-knows-no-module',
      comment: 'Every module stands on the kernel, so the kernel may stand on none.',
      severity: 'error',
      from: { path: '^server/kernel/' },
      to: { path: '^server/', pathNot: '^server/kernel/' },
    },
    {
      name: 'module-only-through-its-index',
      comment: 'Import what another module offers in its index.ts; everything else is its own business.',
      severity: 'error',
      from: { path: '^server/([^/]+)/', pathNot: composition },
      to: { path: '^server/[^/]+/', pathNot: ['^server/$1/', '^server/kernel/', '^server/[^/]+/index\\.ts$'] },
    },
    {
      name: 'composition-through-indexes-too',
      comment:
        'Wiring and roles name files of each other and of the gateway, which is a set of middlewares; modules by their index.ts.',
      severity: 'error',
      from: { path: composition },
      to: { path: '^server/[^/]+/', pathNot: ['^server/(kernel|gateway|app|roles|cli)/', '^server/[^/]+/index\\.ts$'] },
    },
    {
      name: 'nobody-needs-composition',
      comment: 'What a module needs from outside it is handed when it is created.',
      severity: 'error',
      from: { path: '^server/', pathNot: composition },
      to: { path: composition },
    },
    {
      name: 'no-circles',
      comment: 'Files that need each other are one idea, or a third is missing. Types may point back.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-circles-of-modules',
      comment: 'Modules that call each other cannot become services: use an event, or turn the dependency round.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^server/[^/]+$' },
      to: { path: '^server/[^/]+$', circular: true },
    },
    {
      name: 'domain-is-pure',
      comment: 'Clock, ids and rates come in as values; no store, no HTTP.',
      severity: 'error',
      from: { path: domain },
      to: {
        path: [
          '^server/[^/]+/[a-z-]*repository\\.ts$',
          '^server/[^/]+/(routes|presenter|jobs)\\.ts$',
          '^server/kernel/(http|database|redis|queue|outbox|cache)(/|\\.ts$)',
          stores,
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'routes-leave-storage-to-use-cases',
      comment: 'A route is one declaration and one call: route, use case, domain, repository.',
      severity: 'error',
      from: { path: '^server/[^/]+/(routes|presenter|schema)\\.ts$' },
      to: {
        path: ['^server/[^/]+/[a-z-]*repository\\.ts$', 'node_modules/(pg|knex)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nothing-inside-knows-presentation',
      comment: 'Use cases and repositories are called by jobs and the command line too; only HTTP knows the wire.',
      severity: 'error',
      from: {
        path: '^server/[^/]+/',
        pathNot: ['/(index|presenter|jobs)\\.ts$', ...wiring, 'routes\\.ts$', '^server/(cli|sandbox)/'],
      },
      to: { path: '^server/(?!kernel/)[^/]+/(routes|presenter)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-kernel-connects-to-postgres',
      comment:
        'Tenant data are reached through withTenant() alone; a connection opened elsewhere is not bound to a tenant.',
      severity: 'error',
      from: { path: '^server/', pathNot: ['^server/kernel/database/'] },
      to: { path: 'node_modules/(pg|knex)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sandbox-stands-apart',
      comment: 'The sandbox plays the outside world: it knows no module, and no module knows it.',
      severity: 'error',
      from: { path: '^server/sandbox/' },
      to: { path: '^server/', pathNot: '^server/(sandbox|kernel|reference)/' },
    },
    {
      name: 'nobody-needs-the-sandbox',
      severity: 'error',
      from: { path: '^server/', pathNot: ['^server/sandbox/', '^server/roles/sandbox\\.ts$'] },
      to: { path: '^server/sandbox/' },
    },
    {
      name: 'portals-speak-http-only',
      comment: 'The portals know the server by its API, never by its code; and the server never imports a portal.',
      severity: 'error',
      from: { path: '^(tenant-portal|admin-console)/' },
      to: { path: '^(server|db)/' },
    },
    {
      name: 'server-loads-portals-built',
      comment: 'The renderer is loaded from dist at run time; only the types of its contract are shared.',
      severity: 'error',
      from: { path: '^(server|db)/' },
      to: { path: '^(tenant-portal|admin-console)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-development-package-in-production',
      comment: 'It is absent after npm ci --omit=dev.',
      severity: 'error',
      from: { path: '^(server|db)/', pathNot: '/generate[^/]*\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^coverage/', ...tests] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.vue'],
    },
  },
};
