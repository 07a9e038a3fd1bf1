/** The dependency rule of docs/architecture.md, one arrow a line: a lib may import the index of those it lists. */
const MAY_IMPORT = {
  shared: [],
  platform: ['shared'],
  product: ['shared', 'platform'],
  balance: ['shared', 'platform'],
  coupon: ['shared', 'platform'],
  order: ['shared', 'platform', 'product', 'coupon'],
  payment: ['shared', 'platform', 'product', 'coupon', 'balance', 'order'],
  ranking: ['shared', 'platform', 'product', 'order'],
};

/** The tree that the rules speak of: the project's own, or a fixture that breaks each of them. */
const ROOT = '(?:test/architecture/fixtures/)?';

const arrows = Object.entries(MAY_IMPORT).map(([lib, allowed]) => ({
  name: `${lib}-imports-only-its-arrows`,
  comment: 'Between libs only along the arrows, and only through index.ts.',
  severity: 'error',
  from: { path: `^${ROOT}libs/${lib}/` },
  to: {
    path: `^${ROOT}(libs|apps|test)/`,
    pathNot: [`^${ROOT}libs/${lib}/`, ...allowed.map((other) => `^${ROOT}libs/${other}/src/index\\.ts$`)],
  },
}));

module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'shared-depends-on-nothing',
      comment: 'The kernel is pure TypeScript.',
      severity: 'error',
      from: { path: `^${ROOT}libs/shared/` },
      to: { pathNot: `^${ROOT}libs/shared/` },
    },
    {
      name: 'domain-imports-only-domain',
      comment: 'The rules of the business stand alone: no framework, no other module.',
      severity: 'error',
      from: { path: `^${ROOT}libs/([^/]+)/src/domain/` },
      to: { pathNot: [`^${ROOT}libs/$1/src/domain/`, `^${ROOT}libs/shared/src/index\\.ts$`] },
    },
    {
      name: 'application-knows-no-adapter',
      comment:
        'Use cases know the domain, the ports, other modules and of Nest exactly Injectable; ids are made by uuidv7.',
      severity: 'error',
      from: { path: `^${ROOT}libs/([^/]+)/src/application/` },
      to: {
        pathNot: [
          `^${ROOT}libs/$1/src/(application|domain)/`,
          `^${ROOT}libs/(?!platform/)[^/]+/src/index\\.ts$`,
          'node_modules/@nestjs/common/',
          'node_modules/uuidv7/',
        ],
      },
    },
    {
      name: 'adapters-do-not-meet',
      comment: 'What two adapters share belongs to the application or to the platform.',
      severity: 'error',
      from: { path: `^${ROOT}libs/([^/]+)/src/adapters/([^/]+)/` },
      to: { path: `^${ROOT}libs/$1/src/adapters/`, pathNot: `^${ROOT}libs/$1/src/adapters/$2/` },
    },
    {
      name: 'production-knows-no-test',
      severity: 'error',
      from: { path: `^${ROOT}(apps|libs)/` },
      to: { path: '^test/(?!architecture/fixtures/(apps|libs)/)' },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: `^${ROOT}libs/` },
      to: { path: `^${ROOT}apps/` },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test/architecture/fixtures)/' },
  },
};
