import { Model } from 'objection';

/** A customer, one per Telegram user. */
export class ClientModel extends Model {
  static override tableName = 'client';
  declare id: number;
  declare telegram_user_id: number;
  declare name: string | null;
  /** E.164 */
  declare phone: string | null;
  /** When Telegram said that the person blocked the bot. */
  declare blocked_at: Date | null;
  declare created_at: Date;
  declare updated_at: Date;
}
