import { z } from 'zod';
import { fitArguments } from './arguments.ts';
import type { ToolSpec } from './port.ts';

const car = z.object({
  brand: z.string().min(1).max(60).describe('Марка, как назвал клиент: «Лада», «Toyota»'),
  model: z.string().min(1).max(60).optional().describe('Модель: «Веста», «Camry»'),
  year: z.int().min(1950).max(2100).optional().describe('Год выпуска, если назван'),
});

const number = z.int().min(1).optional().describe('Номер заявки; не нужен, если открытая заявка одна');

// a space instead of the T is the commonest slip; the rest of the form is for who reads the time
const wish = z
  .string()
  .max(40)
  .overwrite((text) => text.trim().replace(/^(\d{4}-\d\d-\d\d) +(?=\d)/, '$1T'));

/** Arguments of each tool. The same schema is shown to the model and checks what it sends. */
const TOOL_ARGUMENTS = {
  find_prices: z.object({
    service: z.string().min(1).max(300).describe('Услуга словами клиента: «покрасить бампер»'),
    car: z.string().min(1).max(120).optional().describe('Марка и модель, если названы: «Лада Веста»'),
  }),
  create_booking: z.object({
    name: z.string().min(1).max(100).optional().describe('Имя клиента'),
    phone: z.string().min(1).max(40).optional().describe('Телефон, как его написал клиент'),
    car,
    services: z.array(z.string().min(1).max(200)).min(1).max(20).describe('Услуги, о которых договорились'),
    wished_at: wish.optional().describe('Желаемое время осмотра по местному времени, без часового пояса: YYYY-MM-DDTHH:MM'),
    quoted_price: z.int().min(0).max(100_000_000).optional().describe('Названная цена в рублях, если называлась'),
    summary: z.string().min(1).max(1000).describe('Одно-два предложения для менеджера: что нужно клиенту'),
  }),
  find_bookings: z.object({}),
  change_booking: z.object({
    number,
    name: z.string().min(1).max(100).optional().describe('Новое имя, если его исправили'),
    phone: z.string().min(1).max(40).optional().describe('Новый телефон, если его исправили'),
    car: car.optional(),
    services: z.array(z.string().min(1).max(200)).min(1).max(20).optional().describe('Полный новый список услуг, если он изменился'),
    wished_at: wish.optional().describe('Новое время осмотра по местному времени, без часового пояса: YYYY-MM-DDTHH:MM'),
    quoted_price: z.int().min(0).max(100_000_000).optional().describe('Новая названная цена в рублях, если изменилась'),
  }),
  cancel_booking: z.object({ number, reason: z.string().min(1).max(500).optional().describe('Причина словами клиента, если он её назвал') }),
  hand_over: z.object({
    reason: z
      .enum(['asked_for_person', 'complaint', 'not_in_list', 'going_in_circles', 'other'])
      .describe('Почему нужен человек: просит сам, жалоба, услуги нет в списке, разговор ходит по кругу, другое'),
    summary: z.string().min(1).max(1000).describe('Одно-два предложения для менеджера: что нужно клиенту'),
  }),
} as const;

export type ToolName = keyof typeof TOOL_ARGUMENTS;
export type ToolArguments = { [Name in ToolName]: z.infer<(typeof TOOL_ARGUMENTS)[Name]> };

const DESCRIPTIONS: Readonly<Record<ToolName, string>> = {
  find_prices: 'Ищет услугу в прайс-листе мастерской. Единственный источник цен: без него цену называть нельзя.',
  create_booking: 'Записывает клиента на осмотр и сообщает менеджерам. Вызывай, когда клиент подтвердил машину, услугу и телефон.',
  find_bookings: 'Показывает открытые заявки этого клиента.',
  change_booking: 'Меняет открытую заявку клиента: время, услуги, машину, имя или телефон. Менеджеры узнают сами.',
  cancel_booking: 'Отменяет открытую заявку клиента, когда он ясно попросил об этом. Менеджеры узнают сами.',
  hand_over: 'Передаёт разговор менеджеру: когда клиент просит человека, жалуется, услуги нет в списке или разговор ходит по кругу.',
};

const isToolName = (name: string): name is ToolName => Object.hasOwn(TOOL_ARGUMENTS, name);

/** What the model is told about the tools. */
export const TOOL_SPECS: readonly ToolSpec[] = Object.keys(TOOL_ARGUMENTS)
  .filter(isToolName)
  .map((name) => {
    const parameters = z.toJSONSchema(TOOL_ARGUMENTS[name], { io: 'input' });
    delete parameters.$schema; // some compatible servers refuse keys they do not know
    return { name, description: DESCRIPTIONS[name], parameters };
  });

export type ParsedCall =
  { [Name in ToolName]: Readonly<{ ok: true; name: Name; args: ToolArguments[Name] }> }[ToolName] | Readonly<{ ok: false; problem: string }>;

/** Reads a tool call of the model, with what models take lightly put right, and checks it. A problem is a text for the model, which may try once more. */
export const parseToolCall = (name: string, argumentsJson: string): ParsedCall => {
  if (!isToolName(name)) return { ok: false, problem: `unknown tool ${name.slice(0, 60)}; known: ${Object.keys(TOOL_ARGUMENTS).join(', ')}` };
  const parameters = TOOL_SPECS.find((spec) => spec.name === name)?.parameters ?? {};
  const parsed = TOOL_ARGUMENTS[name].safeParse(fitArguments(argumentsJson, parameters));
  if (!parsed.success) return { ok: false, problem: `invalid arguments: ${z.prettifyError(parsed.error)}` };
  return { ok: true, name, args: parsed.data } as ParsedCall;
};
