import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const WIDTH = 160;
const HEIGHT = 120;
const GROUND = 92;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB = [8, 2, 0, 0, 0] as const; // 8 bits, colour, no options

type Colour = readonly [red: number, green: number, blue: number];
const WHEEL: Colour = [34, 38, 43];
const RIM: Colour = [190, 196, 203];
const GLASS: Colour = [196, 222, 238];
const SCRATCH: Colour = [248, 244, 236];
const ASPHALT: Colour = [128, 132, 138];

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
};

type Point = Readonly<{ x: number; y: number }>;
type Shape = Readonly<{ covers: (point: Point) => boolean; colour: Colour }>;

const circle =
  (centre: Point, radius: number) =>
  ({ x, y }: Point): boolean =>
    (x - centre.x) ** 2 + (y - centre.y) ** 2 <= radius ** 2;
const between = (value: number, from: number, to: number): boolean => value >= from && value <= to;

/** A car seen from the side, its scratch at `damageX`; the first shape that covers a point gives its colour. */
const carShapes = (body: Colour, damageX: number): readonly Shape[] => [
  ...[48, 114].flatMap((x) => [
    { covers: circle({ x, y: GROUND }, 6), colour: RIM },
    { covers: circle({ x, y: GROUND }, 13), colour: WHEEL },
  ]),
  { covers: ({ x, y }) => between(y, 66, 80) && Math.abs(x - damageX - (y - 66) * 0.9 + ((y * 7) % 5) * 0.5) < 1.6, colour: SCRATCH },
  { covers: ({ x, y }) => between(y, 40, 57) && between(x, 58 - (y - 40) * 0.7, 104 + (y - 40) * 0.7) && !between(x, 79, 82), colour: GLASS },
  { covers: ({ x, y }) => between(y, 34, 60) && between(x, 56 - (y - 34) * 0.8, 106 + (y - 34) * 0.8), colour: body },
  { covers: ({ x, y }) => between(y, 58, 92) && between(x, 18 + Math.max(0, 64 - y), 146 - Math.max(0, 66 - y) * 1.5), colour: body },
  { covers: ({ y }) => y > GROUND + 6, colour: ASPHALT },
];

const skyAt = (hash: Buffer, y: number): Colour => {
  const light = 200 + Math.round((y / HEIGHT) * 40);
  return [light - (hash[4] ?? 0) / 12, light - (hash[5] ?? 0) / 16, light];
};

/** A small PNG of a scratched car, whose colour and damage only `name` decides: the stand-in has no pictures, and tells one from another all the same. */
export const paintPicture = (name: string): Buffer => {
  // the sizes of one photo show one picture
  const hash = createHash('sha256')
    .update(name.replace(/-[smxy]$/, ''))
    .digest();
  const shapes = carShapes([40 + (hash[0] ?? 0) * 0.7, 40 + (hash[1] ?? 0) * 0.7, 40 + (hash[2] ?? 0) * 0.7], 26 + ((hash[3] ?? 0) / 255) * 96);
  const rows = Array.from({ length: HEIGHT }, (_row, y) => {
    const row = Array.from({ length: WIDTH }, (_column, x) => shapes.find(({ covers }) => covers({ x, y }))?.colour ?? skyAt(hash, y));
    return Buffer.from([0, ...row.flat().map(Math.round)]);
  });
  const header = Buffer.concat([uint32(WIDTH), uint32(HEIGHT), Buffer.from(RGB)]);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]);
};
