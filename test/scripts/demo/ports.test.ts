import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { AppError } from '../../../app/kit/errors.ts';
import { assertPortsFree, freePorts } from '../../../scripts/demo/ports.ts';

const occupy = async (): Promise<{ server: Server; port: number }> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

const release = async (server: Server): Promise<void> => {
  server.close();
  await once(server, 'close');
};

const on = (ports: { page: number; app: number; admin: number }) => ({ ports, dataDir: '/data/my runs', reset: false });

describe('ports of npm start', () => {
  it('are named all together with variables that are free instead', async () => {
    const [page, app, admin] = [await occupy(), await occupy(), await occupy()];
    await release(app.server);
    const error: unknown = await assertPortsFree(on({ page: page.port, app: app.port, admin: admin.port })).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'PORT_BUSY');
    assert.match(error.message, new RegExp(`Port ${page.port} \\(the page\\)[\\s\\S]*Port ${admin.port} \\(its admin listener\\)`));
    assert.ok(!error.message.includes(`Port ${app.port}`));
    const command = new RegExp(`^  VALERA_DATA_DIR='/data/my runs' SANDBOX_PORT=(\\d+) HTTP_PORT=${app.port} ADMIN_PORT=\\d+ npm start$`, 'm');
    const [, proposed] = command.exec(error.message) ?? [];
    const taken = createServer().listen(Number(proposed), '127.0.0.1');
    await once(taken, 'listening');
    await Promise.all([taken, page.server, admin.server].map(release));
  });

  it('proposed instead are three different ones', async () => {
    const { server, port } = await occupy();
    const { page, app, admin } = await freePorts({ page: port, app: port, admin: port + 1 });
    await release(server);
    assert.equal(new Set([port, page, app, admin]).size, 4);
    assert.equal(admin, port + 1);
  });

  it('are let go again after the look', async () => {
    const { server, port } = await occupy();
    await release(server);
    await assertPortsFree(on({ page: port, app: port, admin: port }));
    await assertPortsFree(on({ page: port, app: port, admin: port }));
  });
});
