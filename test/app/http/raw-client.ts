import { connect, type Socket } from 'node:net';

type RawAnswer = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: string }>;
export type RawConnection = Readonly<{
  write: (bytes: string | Buffer) => void;
  /** The next complete answer on this connection; rejects when the connection ends before. */
  answer: () => Promise<RawAnswer>;
  /** Resolves when the server has closed the connection. */
  closed: Promise<void>;
  destroy: () => void;
}>;

const parse = (data: Buffer): { answer: RawAnswer; used: number } | undefined => {
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = data.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const length = Number(headers['content-length'] ?? 0);
  const used = end + 4 + length;
  if (data.length < used) return undefined;
  return { answer: { status: Number(first.split(' ')[1]), headers, body: data.subarray(end + 4, used).toString() }, used };
};

/** A connection on which a test decides every byte. */
export const openRaw = async (port: number): Promise<RawConnection> => {
  const socket: Socket = connect({ host: '127.0.0.1', port });
  let data = Buffer.alloc(0);
  let ended = false;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk) => {
    data = Buffer.concat([data, chunk]);
    wake();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      ended = true;
      wake();
      resolve();
    });
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));

  const answer = async (): Promise<RawAnswer> => {
    for (;;) {
      const parsed = parse(data);
      if (parsed) {
        data = data.subarray(parsed.used);
        return parsed.answer;
      }
      if (ended) throw new Error(`connection closed without an answer, got ${JSON.stringify(data.toString('latin1'))}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { write: (bytes) => void socket.write(bytes), answer, closed, destroy: () => socket.destroy() };
};
