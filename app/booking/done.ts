/** What a turn has really done to a booking. */
type Deed = Readonly<{ did: 'booked' | 'changed' | 'cancelled'; number: number; wished: string | null }>;

type Stored = Readonly<{ ok?: unknown; did?: unknown; number?: unknown; wished?: unknown; changed?: unknown }>;

const DEEDS: readonly unknown[] = ['booked', 'changed', 'cancelled'];

const isDeed = ({ ok, number, changed }: Stored, did: unknown): did is Deed['did'] =>
  ok === true && typeof number === 'number' && DEEDS.includes(did) && !(Array.isArray(changed) && changed.length === 0);

const toDeed = (stored: Stored): Deed[] => {
  const did = stored.did ?? 'booked'; // release 0.1.0 stored no `did`, and booked was all it could do
  return isDeed(stored, did) ? [{ did, number: Number(stored.number), wished: typeof stored.wished === 'string' ? stored.wished : null }] : [];
};

// what was booked and then moved in one turn is news to the customer as a booking
const lastOf = (deeds: readonly Deed[], last: Deed): Deed =>
  last.did === 'changed' && deeds.some(({ did, number }) => did === 'booked' && number === last.number) ? { ...last, did: 'booked' } : last;

/** What the effects of a turn (their stored results, oldest first) have left of each booking they touched. */
const deedsOf = (effects: readonly unknown[]): readonly Deed[] => {
  const deeds = effects.flatMap((effect) => (typeof effect === 'object' && effect !== null ? toDeed(effect) : []));
  const byNumber = new Map(deeds.map((deed) => [deed.number, lastOf(deeds, deed)]));
  return [...byNumber.values()];
};

const SAID = { booked: 'принята', changed: 'изменена', cancelled: 'отменена' } as const;

const sentenceOf = ({ did, number, wished }: Deed): string => {
  const when = wished === null || did === 'cancelled' ? '' : `${did === 'changed' ? ', теперь' : ''} на ${wished}`;
  return `Ваша заявка №${number} ${SAID[did]}${when}${did === 'cancelled' ? '' : ', менеджер перезвонит'}.`;
};

const HANDED_OVER = 'Менеджер подключится к разговору и ответит вам здесь же.';

const isHandedOver = (effect: unknown): boolean => (effect as Stored | null)?.ok === true && (effect as Stored).did === 'handed_over';

/** What a turn has really done, in sentences for the customer; '' = nothing. It stands whatever the model says or fails to say. */
export const describeDone = (effects: readonly unknown[]): string =>
  [...deedsOf(effects).map(sentenceOf), ...(effects.some(isHandedOver) ? [HANDED_OVER] : [])].join(' ');
