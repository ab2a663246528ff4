import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../../../app/http/body.ts';
import { openRaw } from './raw-client.ts';

describe('http/body', () => {
  const statuses: string[] = [];
  let server: Server;
  let told: () => void = () => undefined;
  let begun: () => void = () => undefined;

  before(async () => {
    server = createServer((request, response) => {
      begun();
      void readBody(request, 10).then(({ status }) => {
        statuses.push(status);
        response.end();
        told();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  });
  after(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  it('tells that the client left, so that nobody waits for its body for ever', async () => {
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    const telling = new Promise<void>((resolve) => (told = resolve));
    const raw = await openRaw((server.address() as AddressInfo).port);
    raw.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"a');
    await beginning;
    raw.destroy();
    await telling;
    assert.deepEqual(statuses, ['aborted']);
  });
});
