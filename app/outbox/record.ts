import type { Transaction } from '../db/connect.ts';
import type { After } from './decide.ts';

const LOST_PHOTOS = '[фото переслать не удалось]';

const RECORD = `
UPDATE outbox SET state = :state, last_error = :error, message_id = coalesce(:messageId, message_id),
  not_before = clock_timestamp() + :retryInMs::float8 * interval '1 millisecond',
  payload = CASE
    WHEN erase AND :state = 'sent' THEN '{"text":"","entities":[]}'
    WHEN :dropEntities THEN jsonb_set(payload, '{entities}', '[]')
    WHEN :dropPhotos THEN jsonb_set(payload - 'photos', '{text}', to_jsonb(ltrim((payload->>'text') || E'\\n\\n' || :lostPhotos, E'\\n')))
    ELSE payload END,
  done_at = CASE WHEN :state IN ('sent', 'dead') THEN clock_timestamp() END
WHERE id = :id`;

/** Writes how a row goes on after an attempt. */
export const record = async (trx: Transaction, id: number, after: After): Promise<void> => {
  await trx.raw(RECORD, {
    id,
    state: after.state,
    error: after.error ?? null,
    messageId: after.messageId ?? null,
    retryInMs: after.retryInMs ?? null,
    dropEntities: after.dropEntities ?? false,
    dropPhotos: after.dropPhotos ?? false,
    lostPhotos: LOST_PHOTOS,
  });
};
