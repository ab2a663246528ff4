import { Model } from 'objection';

/** A car of a client; brand and model are as the customer named them. */
export class VehicleModel extends Model {
  static override tableName = 'vehicle';
  declare id: number;
  declare client_id: number;
  /** The same for every spelling of the same car. */
  declare key: string;
  declare brand: string;
  declare model: string | null;
  declare year: number | null;
  declare class: 1 | 2 | 3 | null;
  declare created_at: Date;
}
