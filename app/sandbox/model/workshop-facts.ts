import { type OpeningHours, parseHours } from './opening-hours.ts';
import { PHRASES } from './phrases.ts';

const label = (names: string): RegExp => new RegExp(`^[ \\t]*(?:[-*•][ \\t]*)?\\**(?:${names})\\**[ \\t]*[:—–-][ \\t]*\\**[ \\t]*(.+)$`, 'imu');
const ADDRESS = label('адрес[^:\\n]{0,20}');
const HOURS = label('(?:часы|время|режим|график)(?: работы)?|работаем');
const PHONE = label('телефон[^:\\n]{0,20}');

const CONSENT = label('согласие[^:\\n]{0,30}');

const read = (system: string, pattern: RegExp): string | undefined =>
  pattern
    .exec(system)?.[1]
    ?.trim()
    .replace(/[.\s]+$/, '');

/** Company details as the system prompt gives them; when it says nothing, an honest sentence. */
export const addressOf = (system: string): string => {
  const address = read(system, ADDRESS);
  return address ? `Наш адрес: ${address}.` : PHRASES.noAddress;
};
export const hoursOf = (system: string): string => {
  const hours = read(system, HOURS);
  return hours ? `Мы работаем: ${hours}.` : PHRASES.noHours;
};
/** The same line as a table of days; undefined when it is not written as one. */
export const openingHoursOf = (system: string): OpeningHours | undefined => parseHours(read(system, HOURS) ?? '');
export const contactOf = (system: string): string => {
  const phone = read(system, PHONE);
  return phone ? `Наш телефон: ${phone}.` : PHRASES.noContact;
};
/** The workshop's own words about personal data, exactly; or ours when the prompt has none. */
export const consentOf = (system: string): string => CONSENT.exec(system)?.[1]?.trim() ?? PHRASES.consent;
