// The Russian stemmer of the Snowball project (snowballstem.org/algorithms/russian/stemmer.html), for lower-case words without «ё».

const VOWEL = 'аеиоуыэюя';
const RV_START = new RegExp(`[${VOWEL}]`);
const R1_START = new RegExp(`[${VOWEL}][^${VOWEL}]`);

const PERFECTIVE = /(?:(?<=[ая])(?:вшись|вши|в)|(?:ившись|ывшись|ивши|ывши|ив|ыв))$/;
const REFLEXIVE = /(?:ся|сь)$/;
const ADJECTIVE = /(?:ими|ыми|его|ого|ему|ому|ее|ие|ые|ое|ей|ий|ый|ой|ем|им|ым|ом|их|ых|ую|юю|ая|яя|ою|ею)$/;
const PARTICIPLE = /(?:(?<=[ая])(?:ем|нн|вш|ющ|щ)|(?:ивш|ывш|ующ))$/;
const VERB =
  /(?:(?<=[ая])(?:ешь|нно|ете|йте|ла|на|ли|ем|ло|но|ет|ют|ны|ть|й|л|н)|(?:ейте|уйте|ила|ыла|ена|ите|или|ыли|ило|ыло|ено|ует|уют|ены|ить|ыть|ишь|ей|уй|ил|ыл|им|ым|ен|ят|ит|ыт|ую|ю))$/;
const NOUN = /(?:иями|ями|ами|ией|иям|ием|иях|ев|ов|ие|ье|еи|ии|ей|ой|ий|ям|ем|ам|ом|ах|ях|ию|ью|ия|ья|а|е|и|й|о|у|ы|ь|ю|я)$/;
const DERIVATIONAL = /(?:ость|ост)$/;
const SUPERLATIVE = /(?:ейше|ейш)$/;

const after = (word: string, pattern: RegExp): number => {
  const match = pattern.exec(word);
  return match === null ? word.length : match.index + match[0].length;
};

const inflection = (tail: string): string => {
  const gerundless = tail.replace(PERFECTIVE, '');
  if (gerundless !== tail) return gerundless;
  const base = tail.replace(REFLEXIVE, '');
  const adjectiveless = base.replace(ADJECTIVE, '');
  if (adjectiveless !== base) return adjectiveless.replace(PARTICIPLE, '');
  const verbless = base.replace(VERB, '');
  return verbless === base ? base.replace(NOUN, '') : verbless;
};

const derivation = (tail: string, r2: number): string => {
  const suffix = DERIVATIONAL.exec(tail);
  return suffix !== null && suffix.index >= r2 ? tail.slice(0, suffix.index) : tail;
};

const ending = (tail: string): string => {
  if (tail.endsWith('нн')) return tail.slice(0, -1);
  const plain = tail.replace(SUPERLATIVE, '');
  if (plain !== tail) return plain.endsWith('нн') ? plain.slice(0, -1) : plain;
  return tail.replace(/ь$/, '');
};

// «ручек», «решёток», «стоек»: the genitive plural grows a vowel that no other form has.
const fleetingVowel = (stem: string): string => stem.replace(/(?<=[аеоуыэюя])ек$/, 'йк').replace(/(?<=[^аеиоуыэюя])[ое]к$/, 'к');

const MIN_STEM = 3;
/** Words whose root ends like an inflection; «запах» would share its stem with «запись». */
const WHOLE = new Set(['запах']);

/** The stem shared by a Russian word's forms. A stem under three letters would be shared by strangers («рио», «река»): there the word stays whole. */
export const stemRussian = (word: string): string => {
  if (WHOLE.has(word)) return word;
  const rv = after(word, RV_START);
  const r1 = after(word, R1_START);
  const r2 = r1 + after(word.slice(r1), R1_START);
  const inflected = inflection(word.slice(rv)).replace(/и$/, '');
  const stem = fleetingVowel(word.slice(0, rv) + ending(derivation(inflected, Math.max(0, r2 - rv))));
  return stem.length < MIN_STEM ? word : stem;
};
