import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

const DIGITS = /\d(?:[\d\s().-]*\d)?/g;

const parse = (text: string): string | null => {
  const phone = parsePhoneNumberFromString(text, 'RU');
  return phone?.isValid() === true ? phone.number : null;
};

/**
 * The first phone number of a text in E.164 ("+79991234567"), or null when there is no valid one.
 * Numbers without a country code are Russian; «8 …», «7 …» and ten digits are understood.
 */
export const normalisePhone = (text: string): string | null => {
  const plain = text.normalize('NFKC');
  const whole = parse(plain);
  if (whole !== null) return whole;
  for (const [part] of plain.matchAll(DIGITS)) {
    const phone = parse(part);
    if (phone !== null) return phone;
  }
  return null;
};
