/** Direction of the rooms and fences of the packages; docs/architecture.md says why. */
const fence = (name, packages, homes) => ({
  name: `fence-${name}`,
  severity: 'error',
  comment: `${packages} is used only in ${homes}`,
  from: { pathNot: [homes, '^test/', '^node_modules/'] },
  to: { path: `node_modules/(?:@types/)?(?:${packages})/` },
});

const room = (name, from, allowed) => ({
  name: `room-${name}`,
  severity: 'error',
  comment: `${from} may import only ${allowed}`,
  from: { path: from },
  to: { path: '^(?:app|operator|infra|monitoring|charts|scripts|test|docs)/', pathNot: allowed },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['\\.d\\.ts$', '^scripts/config/', '\\.test\\.ts$'] }, to: {} },
    {
      name: 'production-needs-only-dependencies',
      severity: 'error',
      comment: 'app and operator are installed with --omit=dev',
      from: { path: '^(?:app|operator|monitoring)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },

    room('app', '^app/', '^(?:app/|monitoring/catalog)'),
    room('monitoring', '^monitoring/', '^monitoring/'),
    {
      name: 'room-leaf',
      severity: 'error',
      comment: 'nothing imports infra, scripts or test',
      from: { path: '^(?:app|operator|monitoring|infra)/' },
      to: { path: '^(?:infra|scripts|test)/' },
    },

    room('kit', '^app/kit/', '^app/kit/'),
    room('contract', '^app/contract/', '^app/(?:contract|kit)/'),
    room('workshop', '^app/workshop/', '^app/(?:workshop|kit)/'),
    room('telegram', '^app/telegram/', '^app/(?:telegram|kit|contract)/'),
    room('llm', '^app/llm/', '^app/(?:llm|kit|contract|observability)/'),
    room('db', '^app/db/', '^app/(?:db|kit|contract)/'),
    room('inbox', '^app/inbox/', '^app/(?:inbox|db|telegram|kit|contract|observability)/'),
    room('outbox', '^app/outbox/', '^app/(?:outbox|db|telegram|kit|contract|observability)/'),
    room('sandbox', '^app/sandbox/', '^app/(?:sandbox|kit|contract)/'),
    {
      name: 'sandbox-is-not-production',
      severity: 'error',
      comment: 'app/sandbox is left out of the production image',
      from: { path: '^app/', pathNot: '^app/sandbox/' },
      to: { path: '^app/sandbox/' },
    },
    {
      name: 'http-receives-only',
      severity: 'error',
      comment: 'the webhook stores; it never answers',
      from: { path: '^app/http/' },
      to: { path: '^app/(?:lanes|dialogue|llm|outbox|booking|workshop|sandbox)/' },
    },
    {
      name: 'nothing-imports-a-composition-root',
      severity: 'error',
      comment: 'main reads the environment and composes the commands',
      from: { path: '^app/', pathNot: '^app/main\\.ts$' },
      to: { path: '^app/(?:main|serve|smoke|preflight)\\.ts$' },
    },

    fence('koa', 'koa|@koa/router|koa-helmet', '^app/(?:http|sandbox)/'),
    fence('grammy', 'grammy|@grammyjs/types', '^app/(?:telegram|sandbox)/'),
    fence('openai', 'openai', '^app/llm/'),
    fence('objection', 'objection', '^app/db/'),
    fence('knex', 'knex', '^app/'),
    fence('pg', 'pg', '^(?:app/(?:db|sandbox)|scripts/soak)/'),
    fence('prom-client', 'prom-client', '^(?:app|operator)/observability/'),
    fence('kubernetes', '@kubernetes/client-node', '^operator/cluster/'),
    fence('aws', '@aws-sdk/[^/]+', '^operator/backup/'),
    fence('pulumi', '@pulumi/[^/]+', '^infra/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
