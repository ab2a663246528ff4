import { rowsOf, type Database } from '../../app/db/connect.ts';
import { localIso } from './moments.ts';
import { MANAGERS, type World } from './world.ts';

export type BookingFact = Readonly<{
  number: number;
  status: string;
  car: string;
  services: readonly string[];
  /** Local ISO. */
  wished: string | null;
  name: string | null;
  phone: string | null;
  price: number | null;
}>;
export type NoticeFact = Readonly<{ kind: string; text: string; state: string; messageId: number | null; photos: number }>;
/** A tool the model called in a turn, or what an effect answered. */
export type ToolFact = Readonly<{ turnId: string; tools: readonly string[]; effects: readonly unknown[] }>;

type BookingRow = Omit<BookingFact, 'car' | 'wished'> & Readonly<{ brand: string; model: string | null; year: number | null; wished_at: Date | null }>;

const BOOKINGS = `SELECT number, status, services, wished_at, quoted_price AS price, c.name, c.phone, brand, model, year
  FROM booking b JOIN client c ON c.id = b.client_id JOIN vehicle v ON v.id = b.vehicle_id WHERE c.telegram_user_id = :userId ORDER BY number`;

const NOTICES = `SELECT kind, payload->>'text' AS text, state, message_id AS "messageId", coalesce(json_array_length(payload::json->'photos'), 0) AS photos
  FROM outbox WHERE bot_id = :botId AND chat_id = :managers AND turn_id LIKE :lane || '#%' ORDER BY seq`;

const STEPS = `SELECT turn_id AS "turnId", kind, result FROM step WHERE turn_id LIKE :lane || '#%' ORDER BY created_at, step_no, call_index`;

const EVENTS = 'SELECT name, count(*)::int AS n FROM event WHERE telegram_user_id = :userId GROUP BY name';
const HANDOVER = 'SELECT count(*)::int AS n FROM handover WHERE lane_key = :lane AND ended_at IS NULL';
const TABLES = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`;

type StepRow = Readonly<{ turnId: string; kind: string; result: { toolCalls?: readonly { name: string }[] } }>;

const toToolFacts = (rows: readonly StepRow[]): readonly ToolFact[] => {
  const turns = [...new Set(rows.map(({ turnId }) => turnId))];
  return turns.map((turnId) => {
    const own = rows.filter((row) => row.turnId === turnId);
    const tools = own.flatMap(({ kind, result }) => (kind === 'model' ? (result.toolCalls ?? []).map(({ name }) => name) : []));
    return { turnId, tools, effects: own.flatMap(({ kind, result }) => (kind === 'effect' ? [result] : [])) };
  });
};

/** Reads what the database holds about one customer. */
export const createFacts = ({ db, botId, workshop }: Pick<World, 'db' | 'botId' | 'workshop'>, chatId: number) => {
  const lane = `${botId}:${chatId}`;
  const scope = { userId: chatId, botId, lane, managers: MANAGERS };
  const read = async <Row>(sql: string): Promise<Row[]> => rowsOf<Row>(db.raw(sql, scope));

  return {
    bookings: async (): Promise<readonly BookingFact[]> =>
      (await read<BookingRow>(BOOKINGS)).map(({ brand, model, year, wished_at: wishedAt, ...row }) => ({
        ...row,
        car: [brand, model, year].filter((part) => part !== null).join(' '),
        wished: wishedAt && localIso(wishedAt, workshop.timezone),
      })),
    /** What the managers' group got because of this customer, oldest first. */
    notices: () => read<NoticeFact>(NOTICES),
    /** Turns with what the model called in them. */
    turns: async (): Promise<readonly ToolFact[]> => toToolFacts(await read<StepRow>(STEPS)),
    events: async (): Promise<ReadonlyMap<string, number>> => new Map((await read<{ name: string; n: number }>(EVENTS)).map(({ name, n }) => [name, n])),
    isHandedOver: async (): Promise<boolean> => ((await read<{ n: number }>(HANDOVER))[0]?.n ?? 0) > 0,
  };
};

export type Facts = ReturnType<typeof createFacts>;

/** Where a text stands in the database, as text or inside of bytes: names of the tables. */
export const findInDump = async (db: Database, needle: string): Promise<readonly string[]> => {
  const tables = await rowsOf<{ name: string }>(db.raw(TABLES));
  const forms = { plain: needle, hex: Buffer.from(needle).toString('hex') };
  const hits = await Promise.all(
    tables.map(async ({ name }) => {
      const sql = `SELECT 1 FROM ?? t WHERE position(? IN row_to_json(t)::text) > 0 OR position(? IN row_to_json(t)::text) > 0 LIMIT 1`;
      return (await rowsOf(db.raw(sql, [name, forms.plain, forms.hex]))).length > 0 ? [name] : [];
    }),
  );
  return hits.flat();
};
