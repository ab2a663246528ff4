import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { AppError } from '../../../app/kit/errors.ts';
import { assertPortsFree } from '../../../scripts/demo/ports.ts';

const occupy = async (): Promise<{ server: Server; port: number }> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

const release = async (server: Server): Promise<void> => {
  server.close();
  await once(server, 'close');
};

describe('ports of npm start', () => {
  it('are named all together with variables that are free instead', async () => {
    const [page, app, admin] = [await occupy(), await occupy(), await occupy()];
    await release(app.server);
    const error: unknown = await assertPortsFree({ page: page.port, app: app.port, admin: admin.port }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'PORT_BUSY');
    assert.match(error.message, new RegExp(`Port ${page.port} \\(the page\\)[\\s\\S]*Port ${admin.port} \\(its admin listener\\)`));
    assert.doesNotMatch(error.message, /HTTP_PORT/);
    const [, proposed] = /SANDBOX_PORT=(\d+) ADMIN_PORT=\d+ npm start$/.exec(error.message) ?? [];
    const taken = createServer().listen(Number(proposed), '127.0.0.1');
    await once(taken, 'listening');
    await Promise.all([taken, page.server, admin.server].map(release));
  });

  it('are let go again after the look', async () => {
    const { server, port } = await occupy();
    await release(server);
    await assertPortsFree({ page: port, app: port, admin: port });
    await assertPortsFree({ page: port, app: port, admin: port });
  });
});
