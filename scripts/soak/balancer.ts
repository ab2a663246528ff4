import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Balancer = Readonly<{
  port: number;
  /** Connections whose answer the client did not get, though the app gave it: the same update comes again. */
  swallowed: () => number;
  /** From now on this share of connections loses the answer. */
  swallow: (probability: number) => void;
  stop: () => Promise<void>;
}>;

type Options = Readonly<{
  /** Ports that may take a connection now. */
  backends: () => readonly number[];
  unit: () => number;
}>;

/**
 * Stands where a Service stands in a cluster: each connection goes to one of the living processes in turn, the next one when it does not answer.
 * Now and then it takes a delivery and loses the answer.
 */
export const startBalancer = async ({ backends, unit }: Options): Promise<Balancer> => {
  let turn = 0;
  let losing = 0;
  let swallowed = 0;
  const open = new Set<Socket>();

  const join = (client: Socket, server: Socket): void => {
    const loses = unit() < losing;
    client.pipe(server);
    if (loses) {
      server.once('data', () => {
        swallowed += 1;
        client.destroy();
        server.destroy();
      });
    } else server.pipe(client);
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const side of [client, server]) side.on('error', end).on('close', end);
  };

  const dial = async (port: number): Promise<Socket | undefined> => {
    const socket = connect({ port, host: '127.0.0.1' });
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      return undefined;
    }
  };

  const route = async (client: Socket): Promise<void> => {
    const ports = backends();
    for (let tried = 0; tried < ports.length; tried++) {
      const port = ports[turn++ % ports.length];
      const server = port === undefined ? undefined : await dial(port);
      if (!server) continue;
      if (client.destroyed) server.destroy();
      else join(client, server);
      return;
    }
    client.destroy();
  };

  const server = createServer((client) => {
    open.add(client);
    client.on('close', () => open.delete(client)).on('error', () => client.destroy());
    client.pause();
    void route(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    swallowed: () => swallowed,
    swallow: (probability) => {
      losing = probability;
    },
    stop: async () => {
      server.close();
      for (const client of open) client.destroy();
      await once(server, 'close');
    },
  };
};
