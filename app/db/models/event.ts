import { Model } from 'objection';

/** One analytics event; written once, never changed. */
export class EventModel extends Model {
  static override tableName = 'event';
  static override jsonAttributes = ['properties'];
  declare id: number;
  declare name: string;
  declare telegram_user_id: number | null;
  declare key: string | null;
  declare properties: Readonly<Record<string, unknown>>;
  declare occurred_at: Date;
}
