import { Model } from 'objection';

/** past = the visit's time is over and nobody has said what became of it. */
export type BookingStatus = 'new' | 'confirmed' | 'arrived' | 'done' | 'cancelled' | 'no-show' | 'past';

/** A request for an inspection. Numbers run 1…N per instance without gaps. */
export class BookingModel extends Model {
  static override tableName = 'booking';
  static override jsonAttributes = ['services'];
  declare id: number;
  declare number: number;
  declare client_id: number;
  declare vehicle_id: number;
  declare status: BookingStatus;
  declare services: readonly string[];
  declare wished_at: Date | null;
  /** Whole roubles. */
  declare quoted_price: number | null;
  declare summary: string;
  /** The tool call that made it; unique, so a repeated call cannot make another. */
  declare call_key: string;
  declare created_at: Date;
  /** When the customer last changed or cancelled it. */
  declare changed_at: Date | null;
}
